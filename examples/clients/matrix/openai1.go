package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/openai/openai-go"
	"github.com/openai/openai-go/option"
	"github.com/openai/openai-go/shared"
)

func init() {
	ours = append(ours, func(err error) *apiError {
		var e *openai.Error
		if !errors.As(err, &e) {
			return nil
		}
		return &apiError{"*openai.Error", e.Message, e.StatusCode}
	})
}

func openai1Chat(ctx context.Context, base string, j job, s *sight) error {
	opts := []option.RequestOption{option.WithAPIKey(j.key()), option.WithBaseURL(base + "/v1"), option.WithMaxRetries(j.Retries), option.WithHTTPClient(&http.Client{Timeout: j.timeout()})} // what WithRequestTimeout cuts is not repeated
	for k, v := range j.Headers {
		opts = append(opts, option.WithHeader(k, v))
	}
	client := openai.NewClient(opts...)
	ask := openai.ChatCompletionNewParams{Model: model, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(j.Prompt)}}
	if j.Tools {
		ask.Tools = []openai.ChatCompletionToolParam{{Function: shared.FunctionDefinitionParam{Name: "weather", Parameters: weather()}}}
	}
	if j.Schema {
		ask.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "marks", Schema: marksSchema(), Strict: openai.Bool(true)}}
	}
	if !j.Stream {
		a, err := client.Chat.Completions.New(ctx, ask)
		if err != nil {
			return err
		}
		openai1Whole(a, s)
		return nil
	}
	ask.StreamOptions.IncludeUsage = openai.Bool(true)
	stream := client.Chat.Completions.NewStreaming(ctx, ask)
	defer stream.Close()
	var whole openai.ChatCompletionAccumulator
	role, finish := "", ""
	for stream.Next() {
		chunk := stream.Current()
		s.id(chunk.ID)
		if !whole.AddChunk(chunk) {
			return errors.New("the accumulator refused " + chunk.RawJSON())
		}
		if len(chunk.Choices) > 0 && chunk.Choices[0].Delta.Content != "" && j.Leave {
			s.Left = true
			return nil
		}
		if len(chunk.Choices) > 0 {
			role += chunk.Choices[0].Delta.Role
			finish += string(chunk.Choices[0].FinishReason)
		}
	}
	if err := stream.Err(); err != nil {
		return err
	}
	openai1Whole(&whole.ChatCompletion, s)
	s.Finish = finish // the accumulator forgets it when LiteLLM's usage chunk, which has a choice, comes after
	if !j.Helper {
		s.Role = role
	}
	return nil
}

func openai1Whole(a *openai.ChatCompletion, s *sight) {
	s.Model, s.Prompt, s.Completion = a.Model, int(a.Usage.PromptTokens), int(a.Usage.CompletionTokens)
	if len(a.Choices) == 0 {
		return
	}
	c := a.Choices[0]
	s.Text, s.Role, s.Finish = c.Message.Content, string(c.Message.Role), c.FinishReason
	for _, t := range c.Message.ToolCalls {
		s.Tool = t.Function.Name + " " + t.Function.Arguments
	}
}
