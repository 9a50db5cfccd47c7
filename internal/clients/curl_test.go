//go:build clients

package clients

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// curl does its jobs with the program of that name, and reads the answers as strictly as no SDK does: every line of a stream must be what its API says.
func curl(t *testing.T, base string, jobs []job) ([]sight, error) {
	sights := make([]sight, len(jobs))
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i, j := range jobs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			began := time.Now()
			s, err := j.curl(base, filepath.Join(dir, fmt.Sprint(i)))
			if err != nil {
				s.Error, s.Message = "curl", err.Error()
			}
			s.Name, s.Seconds = j.Headers["x-cell"], time.Since(began).Seconds()
			sights[i] = s
		}()
	}
	wait.Wait()
	return sights, nil
}

var paths = map[string]string{"chat": "/v1/chat/completions", "completions": "/v1/completions", "messages": "/v1/messages", "responses": "/v1/responses"}

func (j job) curl(base, file string) (s sight, err error) {
	body, err := json.Marshal(j.body())
	if err != nil {
		return s, err
	}
	row, _, _ := strings.Cut(j.Headers["x-cell"], "/")
	args := []string{"-sS", "-N", "-m", fmt.Sprint(j.Timeout), "--retry", fmt.Sprint(j.Retries), "-w", "%{http_code}", "-o", file, "-d", "@-",
		"-H", "Content-Type: application/json", "-H", "Authorization: Bearer sk-" + row, base + paths[j.API]}
	for k, v := range j.Headers {
		args = append(args, "-H", k+": "+v)
	}
	if j.Leave {
		args[7], args[9] = "", "-" // the answer on standard output
	}
	var stderr strings.Builder
	cmd := exec.Command("curl", args...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(body)), &stderr
	if j.Leave {
		return j.leave(cmd)
	}
	code, err := cmd.Output()
	if err != nil {
		return s, fmt.Errorf("%w: %s", err, stderr.String())
	}
	answer, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	if string(code) != "200" {
		fmt.Sscan(string(code), &s.Status)
		s.Error, s.Message = "HTTP "+string(code), string(answer)
		return s, nil
	}
	if j.Stream {
		return s, s.stream(j.API, string(answer))
	}
	var v map[string]any
	if err := json.Unmarshal(answer, &v); err != nil {
		return s, err
	}
	s.whole(j.API, v)
	return s, nil
}

// leave ends curl at the first text.
func (j job) leave(cmd *exec.Cmd) (s sight, err error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return s, err
	}
	if err := cmd.Start(); err != nil {
		return s, err
	}
	for lines := bufio.NewReader(out); !s.Left; {
		line, err := lines.ReadString('\n')
		s.Left = strings.Contains(line, "MARK-")
		if err != nil {
			break
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	return s, nil
}

func (j job) body() object {
	b := object{"model": model}
	if j.Stream {
		b["stream"] = true
	}
	schema := object{"type": "object", "properties": object{"marks": object{"type": "array", "items": object{"type": "string"}}}, "required": []string{"marks"}, "additionalProperties": false}
	weather := object{"type": "object", "properties": object{"city": object{"type": "string"}}, "required": []string{"city"}}
	turn := []object{{"role": "user", "content": j.Prompt}}
	switch j.API {
	case "chat":
		b["messages"] = turn
		if j.Stream {
			b["stream_options"] = object{"include_usage": true}
		}
		if j.Tools {
			b["tools"] = []object{{"type": "function", "function": object{"name": toolName, "parameters": weather}}}
		}
		if j.Schema {
			b["response_format"] = object{"type": "json_schema", "json_schema": object{"name": "marks", "strict": true, "schema": schema}}
		}
	case "completions":
		b["prompt"], b["max_tokens"] = j.Prompt, 1000
		if j.Stream {
			b["stream_options"] = object{"include_usage": true}
		}
	case "messages":
		b["messages"], b["max_tokens"] = turn, 1000
		if j.Tools {
			b["tools"] = []object{{"name": toolName, "input_schema": weather}}
		}
		if j.Schema {
			b["output_config"] = object{"format": object{"type": "json_schema", "schema": schema}}
		}
	case "responses":
		b["input"] = j.Prompt
		if j.Tools {
			b["tools"] = []object{{"type": "function", "name": toolName, "parameters": weather}}
		}
		if j.Schema {
			b["text"] = object{"format": object{"type": "json_schema", "name": "marks", "strict": true, "schema": schema}}
		}
	}
	return b
}

// at walks into JSON: names and indexes. What is not there is nil.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func word(v any) string { s, _ := v.(string); return s }
func count(v any) int   { n, _ := v.(float64); return int(n) }

// whole reads an answer that is not streamed, or the one that a stream of responses ends with.
func (s *sight) whole(api string, v any) {
	s.Model = word(at(v, "model"))
	switch api {
	case "chat":
		message := at(v, "choices", 0, "message")
		s.Text, s.Role, s.Finish = word(at(message, "content")), word(at(message, "role")), word(at(v, "choices", 0, "finish_reason"))
		s.Prompt, s.Completion = count(at(v, "usage", "prompt_tokens")), count(at(v, "usage", "completion_tokens"))
		if f := at(message, "tool_calls", 0, "function"); f != nil {
			s.Tool = word(at(f, "name")) + " " + word(at(f, "arguments"))
		}
	case "completions":
		s.Text, s.Finish = word(at(v, "choices", 0, "text")), word(at(v, "choices", 0, "finish_reason"))
		s.Prompt, s.Completion = count(at(v, "usage", "prompt_tokens")), count(at(v, "usage", "completion_tokens"))
	case "messages":
		s.Role, s.Finish = word(at(v, "role")), word(at(v, "stop_reason"))
		s.Prompt, s.Completion = count(at(v, "usage", "input_tokens")), count(at(v, "usage", "output_tokens"))
		blocks, _ := at(v, "content").([]any)
		for _, b := range blocks {
			s.Text += word(at(b, "text"))
			if at(b, "type") == "tool_use" {
				s.Tool = word(at(b, "name")) + " " + string(text(at(b, "input")))
			}
		}
	case "responses":
		s.Finish = word(at(v, "status"))
		s.Prompt, s.Completion = count(at(v, "usage", "input_tokens")), count(at(v, "usage", "output_tokens"))
		items, _ := at(v, "output").([]any)
		for _, item := range items {
			s.Role = "assistant"
			if at(item, "type") == "function_call" {
				s.Tool = word(at(item, "name")) + " " + word(at(item, "arguments"))
			}
			parts, _ := at(item, "content").([]any)
			for _, p := range parts {
				s.Text += word(at(p, "text"))
			}
		}
	}
	s.parse()
}

func (s *sight) parse() {
	var v struct{ Marks []string }
	if json.Unmarshal([]byte(s.Text), &v) == nil {
		s.Marks = v.Marks
	}
}

// stream reads server-sent events. The error is for a form that no client should meet; an error event is what the client raises.
func (s *sight) stream(api, body string) error {
	blocks := strings.Split(body, "\n\n")
	if last := blocks[len(blocks)-1]; last != "" {
		return fmt.Errorf("the stream ends within an event: %q", last)
	}
	ids, over, roles := map[string]bool{}, false, 0
	for n, block := range blocks[:len(blocks)-1] {
		name, data := "", ""
		for _, line := range strings.Split(block, "\n") {
			if v, ok := strings.CutPrefix(line, "event: "); ok && name == "" && data == "" {
				name = v
			} else if v, ok := strings.CutPrefix(line, "data: "); ok && data == "" {
				data = v
			} else {
				return fmt.Errorf("a line of event %d is %q", n, line)
			}
		}
		if over {
			return fmt.Errorf("event %q after the end", block)
		}
		if data == "[DONE]" {
			over = true
			continue
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			return fmt.Errorf("event %q: %w", block, err)
		}
		named := api == "messages" || api == "responses"
		if kind := word(v["type"]); named && name != kind || !named && name != "" {
			return fmt.Errorf("event %d has the name %q and the type %q", n, name, kind)
		}
		if e := v["error"]; e != nil {
			s.Error, s.Message = "error-event", word(at(e, "message"))
			continue
		}
		switch api {
		case "chat", "completions":
			ids[word(v["id"])] = true
			s.Model = word(v["model"])
			if u := v["usage"]; u != nil {
				s.Prompt, s.Completion = count(at(u, "prompt_tokens")), count(at(u, "completion_tokens"))
			}
			choice := at(v, "choices", 0)
			s.Text += word(at(choice, "delta", "content")) + word(at(choice, "text"))
			s.Role += word(at(choice, "delta", "role"))
			s.Finish += word(at(choice, "finish_reason"))
			if f := at(choice, "delta", "tool_calls", 0, "function"); f != nil {
				s.Tool += word(at(f, "name")) + " " + word(at(f, "arguments"))
			}
		case "messages":
			switch name {
			case "message_start":
				roles++
				ids[word(at(v, "message", "id"))] = true
				s.Role, s.Model, s.Prompt = word(at(v, "message", "role")), word(at(v, "message", "model")), count(at(v, "message", "usage", "input_tokens"))
			case "content_block_start":
				if at(v, "content_block", "type") == "tool_use" {
					s.Tool = word(at(v, "content_block", "name")) + " "
				}
			case "content_block_delta":
				s.Text += word(at(v, "delta", "text"))
				s.Tool += word(at(v, "delta", "partial_json"))
			case "message_delta":
				s.Finish += word(at(v, "delta", "stop_reason"))
				s.Completion = count(at(v, "usage", "output_tokens"))
				if n := count(at(v, "usage", "input_tokens")); n > 0 {
					s.Prompt = n
				}
			case "message_stop":
				over = true
			}
		case "responses":
			if got := count(v["sequence_number"]); got != n {
				return fmt.Errorf("event %d has the sequence number %d", n, got)
			}
			switch name {
			case "response.created":
				ids[word(at(v, "response", "id"))] = true
			case "response.failed":
				s.Error, s.Message = "error-event", word(at(v, "response", "error", "message"))
			case "error":
				s.Error, s.Message = "error-event", word(v["message"])
			case "response.completed":
				ids[word(at(v, "response", "id"))] = true
				s.whole(api, v["response"])
			}
		}
	}
	switch {
	case roles > 1:
		return fmt.Errorf("%d times message_start", roles)
	case !over && api != "responses" && !(api == "messages" && s.Error != ""):
		return fmt.Errorf("the stream has no end: %q", tail(body, 200))
	}
	s.IDs = len(ids)
	s.parse()
	return nil
}
