package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	openai "github.com/sashabaranov/go-openai"
)

func init() {
	ours = append(ours, func(err error) *apiError {
		var e *openai.APIError
		if errors.As(err, &e) {
			return &apiError{"*openai.APIError", e.Message, e.HTTPStatusCode}
		}
		var r *openai.RequestError
		if errors.As(err, &r) {
			return &apiError{"*openai.RequestError", string(r.Body), r.HTTPStatusCode}
		}
		return nil
	})
}

// withHeaders sets the job's headers, for which go-openai has no other place.
type withHeaders map[string]string

func (h withHeaders) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for k, v := range h {
		r.Header.Set(k, v)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func goOpenAIChat(ctx context.Context, base string, j job, s *sight) error {
	config := openai.DefaultConfig(j.key())
	config.BaseURL = base + "/v1"
	config.HTTPClient = &http.Client{Transport: withHeaders(j.Headers), Timeout: j.timeout()}
	client := openai.NewClientWithConfig(config)
	ask := openai.ChatCompletionRequest{Model: model, Messages: []openai.ChatCompletionMessage{{Role: "user", Content: j.Prompt}}}
	if j.Tools {
		ask.Tools = []openai.Tool{{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{Name: "weather", Parameters: weather()}}}
	}
	if j.Schema {
		raw, err := json.Marshal(marksSchema())
		if err != nil {
			return err
		}
		ask.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "marks", Schema: json.RawMessage(raw), Strict: true}}
	}
	if !j.Stream {
		a, err := client.CreateChatCompletion(ctx, ask)
		if err != nil {
			return err
		}
		c := a.Choices[0]
		s.Text, s.Role, s.Finish, s.Model = c.Message.Content, c.Message.Role, string(c.FinishReason), a.Model
		s.Prompt, s.Completion = a.Usage.PromptTokens, a.Usage.CompletionTokens
		for _, t := range c.Message.ToolCalls {
			s.Tool = t.Function.Name + " " + t.Function.Arguments
		}
		return nil
	}
	ask.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	stream, err := client.CreateChatCompletionStream(ctx, ask)
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		s.id(chunk.ID)
		s.Model = chunk.Model
		if chunk.Usage != nil {
			s.Prompt, s.Completion = chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens
		}
		for _, c := range chunk.Choices {
			s.Text += c.Delta.Content
			s.Role += c.Delta.Role
			s.Finish += string(c.FinishReason)
			for _, t := range c.Delta.ToolCalls {
				s.Tool += t.Function.Name + " " + t.Function.Arguments
			}
		}
		if j.Leave && s.Text != "" {
			s.Left = true
			return nil
		}
	}
}
