package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/offline"
	openai "github.com/sashabaranov/go-openai"
)

// report is material of about 12,000 tokens, with one sentence worth finding.
func report() string {
	var b strings.Builder
	for i := range 700 {
		if i == 431 {
			b.WriteString("The lighthouse keeper was called Ingeborg Halvorsen.\n\n")
		}
		fmt.Fprintf(&b, "Day %d. The tide rose and fell, and %d boats came in with herring.\n", i, i%17)
	}
	return b.String()
}

func Example_goOpenAI() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	planner, err := haikuplanner.New(haikuplanner.WithLiteLLM(litellm.URL, ""))
	if err != nil {
		log.Fatal(err)
	}
	config := openai.DefaultConfig("sk-anything")
	config.BaseURL = litellm.URL + "/v1"
	config.HTTPClient = planner.Client(nil)
	client := openai.NewClientWithConfig(config)

	answer, err := client.CreateChatCompletion(context.Background(), openai.ChatCompletionRequest{
		Model:    "sonnet-4-x",
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "Who was the lighthouse keeper?\n\n" + report()}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(answer.Choices[0].Message.Content, "Ingeborg Halvorsen"))
	fmt.Println(answer.Header().Get("x-haiku-planner"))
	// Output:
	// true
	// decomposed
}

func Example_httpClient() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	planner, err := haikuplanner.New(haikuplanner.WithLiteLLM(litellm.URL, ""))
	if err != nil {
		log.Fatal(err)
	}
	client := planner.Client(&http.Client{})
	body, _ := json.Marshal(map[string]any{
		"model":    "sonnet-4-x",
		"messages": []map[string]string{{"role": "user", "content": "Who was the lighthouse keeper?\n\n" + report()}},
	})
	resp, err := client.Post(litellm.URL+"/v1/chat/completions", "application/json", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, strings.Contains(string(text), "Ingeborg Halvorsen"), resp.Header.Get("x-haiku-planner-reason"))
	// Output: 200 true large
}

func ExampleWithObserver() {
	litellm := httptest.NewServer(offline.New())
	defer litellm.Close()

	stages := map[string]int{}
	planner, err := haikuplanner.New(
		haikuplanner.WithLiteLLM(litellm.URL, ""),
		haikuplanner.WithRules(),
		haikuplanner.WithObserver(func(e haikuplanner.Event) { stages[e.Stage]++ }),
	)
	if err != nil {
		log.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{
		"model":    "sonnet-4-x",
		"messages": []map[string]string{{"role": "user", "content": "Who was the lighthouse keeper?\n\n" + report()}},
	})
	resp, err := planner.Client(nil).Post(litellm.URL+"/v1/chat/completions", "application/json", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(stages["map"] > 0, stages["final"])
	// Output: true 1
}
