package clients

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"regexp"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// reader stands for LiteLLM on the APIs that package offline does not speak: it finds the keeper's name in whatever a call holds.
func reader() *httptest.Server {
	w := upstreamtest.Worker{Match: regexp.MustCompile(`keeper was called \w+ \w+`)}
	return httptest.NewServer(upstreamtest.New(w.Script))
}

// anthropic-sdk-go by its middleware, and by its HTTP client with a stream.
func Example_anthropic() {
	litellm := reader()
	defer litellm.Close()
	planner := newPlanner(litellm.URL)
	params := anthropic.MessageNewParams{
		Model:     "sonnet-4-x",
		MaxTokens: 1000,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("Who was the lighthouse keeper?\n\n" + document()))},
	}

	client := anthropic.NewClient(option.WithAPIKey("sk-anything"), option.WithBaseURL(litellm.URL), option.WithMiddleware(planner.Middleware))
	answer, err := client.Messages.New(context.Background(), params)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(answer.Content[0].Text, "Ingeborg Halvorsen"), answer.Model, answer.StopReason)

	client = anthropic.NewClient(option.WithAPIKey("sk-anything"), option.WithBaseURL(litellm.URL), option.WithHTTPClient(planner.Client(nil)))
	stream := client.Messages.NewStreaming(context.Background(), params)
	var whole anthropic.Message
	for stream.Next() {
		if err := whole.Accumulate(stream.Current()); err != nil {
			log.Fatal(err)
		}
	}
	if err := stream.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(whole.Content[0].Text, "Ingeborg Halvorsen"), whole.StopReason)
	// Output:
	// true sonnet-4-x end_turn
	// true end_turn
}
