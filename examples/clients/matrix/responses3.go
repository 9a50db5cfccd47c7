package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

func openai3Responses(ctx context.Context, base string, j job, s *sight) error {
	opts := []option.RequestOption{option.WithAPIKey(j.key()), option.WithBaseURL(base + "/v1"), option.WithMaxRetries(j.Retries), option.WithHTTPClient(&http.Client{Timeout: j.timeout()})}
	for k, v := range j.Headers {
		opts = append(opts, option.WithHeader(k, v))
	}
	client := openai.NewClient(opts...)
	ask := responses.ResponseNewParams{Model: model, Input: responses.ResponseNewParamsInputUnion{OfString: openai.String(j.Prompt)}}
	if j.Tools {
		ask.Tools = []responses.ToolUnionParam{{OfFunction: &responses.FunctionToolParam{Name: "weather", Parameters: weather(), Strict: openai.Bool(true)}}}
	}
	if j.Schema {
		ask.Text.Format.OfJSONSchema = &responses.ResponseFormatTextJSONSchemaConfigParam{Name: "marks", Schema: marksSchema(), Strict: openai.Bool(true)}
	}
	if !j.Stream {
		a, err := client.Responses.New(ctx, ask)
		if err != nil {
			return err
		}
		responses3Whole(a, s)
		return nil
	}
	stream := client.Responses.NewStreaming(ctx, ask)
	defer stream.Close()
	text := ""
	var whole *responses.Response
	for stream.Next() {
		switch e := stream.Current().AsAny().(type) {
		case responses.ResponseCreatedEvent:
			s.id(e.Response.ID)
		case responses.ResponseTextDeltaEvent:
			text += e.Delta
			if j.Leave && text != "" {
				s.Left = true
				return nil
			}
		case responses.ResponseCompletedEvent:
			s.id(e.Response.ID)
			whole = &e.Response
		}
	}
	if err := stream.Err(); err != nil {
		return err
	}
	if whole == nil {
		return errors.New("the stream ended without response.completed")
	}
	responses3Whole(whole, s)
	if s.Text != text {
		return errors.New("the deltas are not the text: " + text)
	}
	return nil
}

func responses3Whole(a *responses.Response, s *sight) {
	s.Text, s.Model, s.Finish = a.OutputText(), a.Model, string(a.Status)
	s.Prompt, s.Completion = int(a.Usage.InputTokens), int(a.Usage.OutputTokens)
	for _, item := range a.Output {
		if s.Role == "" {
			s.Role = string(item.Role)
		}
		if item.Type == "function_call" {
			call := item.AsFunctionCall()
			s.Tool, s.Role = call.Name+" "+call.Arguments, "assistant"
		}
	}
}
