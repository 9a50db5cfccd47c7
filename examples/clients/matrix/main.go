// Command matrix does the jobs of the client matrix with a Go client, named by its argument; see internal/clients.
//
// It reads {"base": URL, "jobs": [...]} from standard input and writes what each job saw as a line of JSON. All jobs run at the same time.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"
	"time"
)

// A job is one request to make.
type job struct {
	API     string            `json:"api"`
	Kind    string            `json:"kind"`
	Prompt  string            `json:"prompt"`
	Headers map[string]string `json:"headers"`
	Stream  bool              `json:"stream"`
	Helper  bool              `json:"helper"`
	Tools   bool              `json:"tools"`
	Schema  bool              `json:"schema"`
	Retries int               `json:"retries"`
	Timeout float64           `json:"timeout"`
	Leave   bool              `json:"leave"`
}

func (j job) cell() string           { return j.Headers["x-cell"] }
func (j job) key() string            { row, _, _ := strings.Cut(j.cell(), "/"); return "sk-" + row }
func (j job) timeout() time.Duration { return time.Duration(j.Timeout * float64(time.Second)) }

// A sight is what a client saw.
type sight struct {
	Name       string   `json:"name"`
	Text       string   `json:"text"`
	Role       string   `json:"role"`
	Finish     string   `json:"finish"`
	Model      string   `json:"model"`
	Prompt     int      `json:"prompt"`
	Completion int      `json:"completion"`
	IDs        int      `json:"ids"`
	Tool       string   `json:"tool"`
	Marks      []string `json:"marks"`
	Left       bool     `json:"left"`
	Error      string   `json:"error"`
	Status     int      `json:"status"`
	Message    string   `json:"message"`
	Seconds    float64  `json:"seconds"`

	ids map[string]bool
}

func (s *sight) id(id string) {
	if s.ids == nil {
		s.ids = map[string]bool{}
	}
	s.ids[id] = true
	s.IDs = len(s.ids)
}

func (s *sight) parse(j job) {
	var v struct{ Marks []string }
	if j.Schema && json.Unmarshal([]byte(s.Text), &v) == nil {
		s.Marks = v.Marks
	}
}

const model = "sonnet-4-x"

func weather() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}}, "required": []string{"city"}, "additionalProperties": false}
}

func marksSchema() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{"marks": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
		"required": []string{"marks"}, "additionalProperties": false}
}

// clients are by kind and API. The error is the client's own.
var clients = map[string]func(ctx context.Context, base string, j job, s *sight) error{
	"openai-go1 chat":       openai1Chat,
	"openai-go3 chat":       openai3Chat,
	"openai-go3 responses":  openai3Responses,
	"go-openai chat":        goOpenAIChat,
	"anthropic-go messages": anthropicMessages,
}

// An apiError is what a client's own error says. ours finds the client's own one under what it was wrapped in; nil when it is another client's.
type apiError struct {
	class, message string
	status         int
}

var ours []func(error) *apiError

func do(base string, j job) (s sight) {
	began := time.Now()
	defer func() {
		s.Name, s.Seconds = j.cell(), time.Since(began).Seconds()
		if r := recover(); r != nil {
			s.Error, s.Message = "panic", fmt.Sprint(r)
		}
	}()
	client, ok := clients[j.Kind+" "+j.API]
	if !ok {
		s.Error = "no such client"
		return s
	}
	if err := client(context.Background(), base, j, &s); err != nil {
		s.Error, s.Message = fmt.Sprintf("%T", err), err.Error()
		for _, find := range ours {
			if e := find(err); e != nil {
				s.Error, s.Status, s.Message = e.class, e.status, s.Message+" "+e.message
			}
		}
		return s
	}
	s.parse(j)
	return s
}

func main() {
	var given struct {
		Base string
		Jobs []job
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		log.Fatal(err)
	}
	var wait sync.WaitGroup
	var printing sync.Mutex
	for _, j := range given.Jobs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			line, err := json.Marshal(do(given.Base, j))
			if err != nil {
				log.Fatal(err)
			}
			printing.Lock()
			defer printing.Unlock()
			fmt.Println(string(line))
		}()
	}
	wait.Wait()
}
