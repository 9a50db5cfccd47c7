// Command quickstart shows the main job on a real document: a prompt of more than 100,000 tokens goes to the proxy as an ordinary request, and one
// ordinary answer comes back. It needs nothing but Go: LiteLLM is played by a server in this process, which answers with sentences of the text. With
// LITELLM_PROXY_URL (and a key in OPENAI_API_KEY or LITELLM_MASTER_KEY) the real LiteLLM is asked instead.
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -stream -file report.txt -question "Which risks are named?"
//
// The exit status is 2 when flags or settings are wrong, 1 when there is no answer.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner"
	openai "github.com/sashabaranov/go-openai"
)

const (
	novel    = "testdata/documents/persuasion.txt"
	question = "How did Louisa Musgrove come to fall on the Cobb at Lyme, and whom is she to marry? Quote the sentences that say so."
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("file", novel, "the `document` to ask about")
	ask := flags.String("question", question, "what to ask")
	model := flags.String("model", "sonnet-4-x", "the model that the request names")
	stream := flags.Bool("stream", false, "stream the answer")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	document, err := os.ReadFile(*file)
	if err != nil {
		fmt.Fprintf(stderr, "quickstart: %v: run it in the repository's root, or name a document with -file\n", err)
		return 2
	}
	stdout = &lockedWriter{w: stdout} // the observer is called while the answer streams
	s, err := start(getenv, func(e haikuplanner.Event) {
		if e.Stage != "final" || !*stream { // a streamed answer is its own progress
			progress(stdout, e)
		}
	})
	if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 2
	}
	defer s.stop()
	fmt.Fprintf(stdout, "LiteLLM   %s\nproxy     %s\ndocument  %s, %d bytes\nquestion  %s\n", s.upstream, s.proxy, *file, len(document), *ask)

	// The document comes first, so that its offsets are those of the message.
	request := openai.ChatCompletionRequest{
		Model:    *model,
		Stream:   *stream,
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: string(document) + "\n\n" + *ask}},
	}
	if err := s.run(ctx, stdout, request, string(document)); err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	return 0
}

// run asks for the plan, then for the answer, and says what it was.
func (s *setup) run(ctx context.Context, out io.Writer, request openai.ChatCompletionRequest, document string) error {
	plan, err := s.plan(ctx, request)
	if err != nil {
		return fmt.Errorf("no plan: %w", err)
	}
	plan.print(out)

	config := openai.DefaultConfig(s.key)
	config.BaseURL = s.proxy + "/v1"
	client := openai.NewClientWithConfig(config)
	before, began := s.planner.Stats(), time.Now()
	var answer string
	var usage openai.Usage
	if request.Stream {
		answer, usage, err = streamed(ctx, out, client, request)
	} else {
		answer, usage, err = whole(ctx, client, request)
		fmt.Fprintf(out, "\nanswer\n%s\n", answer)
	}
	if err != nil {
		return err
	}
	took, after := time.Since(began), s.planner.Stats()

	printSources(out, document, plan, answer)
	fmt.Fprintln(out)
	if n := after.Chunks - before.Chunks; plan.Decision == "decompose" {
		fmt.Fprintf(out, "chunks    %d/%d read, in %d calls\n", n, len(plan.Chunks), after.Calls-before.Calls)
	}
	fmt.Fprintf(out, "tokens    %d prompt, %d completion, all calls together\n", usage.PromptTokens, usage.CompletionTokens)
	cost, direct := dollars(after.Cost-before.Cost), dollars(after.DirectCost-before.DirectCost)
	if direct > 0 {
		fmt.Fprintf(out, "cost      $%.4f, as one call $%.4f: %.0f %% saved\n", cost, direct, 100*(1-cost/direct))
	}
	fmt.Fprintf(out, "time      %.1f s\n", took.Seconds())
	if s.offline {
		fmt.Fprintln(out, "\nThe upstream was this program's own stand-in: no language model, it only picks sentences. Nothing was spent; the prices are those of the two\n"+
			"models in the sample configuration. Set LITELLM_PROXY_URL to ask a real one.")
	}
	return nil
}

// dollars is for printing alone: sums are made in Money, which is exact.
func dollars(m haikuplanner.Money) float64 { return float64(m) / 1e12 }

func whole(ctx context.Context, client *openai.Client, request openai.ChatCompletionRequest) (string, openai.Usage, error) {
	resp, err := client.CreateChatCompletion(ctx, request)
	if err != nil {
		return "", openai.Usage{}, err
	}
	if len(resp.Choices) == 0 {
		return "", resp.Usage, errors.New("the answer has no choices")
	}
	return resp.Choices[0].Message.Content, resp.Usage, nil
}

func streamed(ctx context.Context, out io.Writer, client *openai.Client, request openai.ChatCompletionRequest) (string, openai.Usage, error) {
	request.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	var usage openai.Usage
	stream, err := client.CreateChatCompletionStream(ctx, request)
	if err != nil {
		return "", usage, err
	}
	defer stream.Close()
	var text strings.Builder
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(out)
			return text.String(), usage, nil
		}
		if err != nil {
			return text.String(), usage, err
		}
		if chunk.Usage != nil {
			usage = *chunk.Usage
		}
		for _, c := range chunk.Choices {
			if c.Delta.Content != "" && text.Len() == 0 {
				fmt.Fprintln(out, "\nanswer, as it arrives")
			}
			text.WriteString(c.Delta.Content)
			io.WriteString(out, c.Delta.Content)
		}
	}
}

// plan asks the proxy what it would do with the request, and what that would cost.
func (s *setup) plan(ctx context.Context, request openai.ChatCompletionRequest) (*plan, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.proxy+"/haiku-planner/plan", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 2000))
		return nil, fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(text))
	}
	p := new(plan)
	return p, json.NewDecoder(resp.Body).Decode(p)
}
