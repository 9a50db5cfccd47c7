package main

import (
	"context"
	"errors"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

func init() {
	ours = append(ours, func(err error) *apiError {
		var e *anthropic.Error
		if !errors.As(err, &e) {
			return nil
		}
		return &apiError{"*anthropic.Error", e.RawJSON(), e.StatusCode}
	})
}

func anthropicMessages(ctx context.Context, base string, j job, s *sight) error {
	opts := []option.RequestOption{option.WithAPIKey(j.key()), option.WithBaseURL(base), option.WithMaxRetries(j.Retries), option.WithRequestTimeout(j.timeout())}
	for k, v := range j.Headers {
		opts = append(opts, option.WithHeader(k, v))
	}
	client := anthropic.NewClient(opts...)
	ask := anthropic.MessageNewParams{Model: model, MaxTokens: 1000, Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(j.Prompt))}}
	if j.Tools {
		ask.Tools = []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{Name: "weather",
			InputSchema: anthropic.ToolInputSchemaParam{Properties: weather()["properties"], Required: []string{"city"}}}}}
	}
	if j.Schema {
		ask.OutputConfig.Format = anthropic.JSONOutputFormatParam{Schema: marksSchema()}
	}
	if !j.Stream {
		a, err := client.Messages.New(ctx, ask)
		if err != nil {
			return err
		}
		messageWhole(a, s)
		return nil
	}
	stream := client.Messages.NewStreaming(ctx, ask)
	defer stream.Close()
	var whole anthropic.Message
	for stream.Next() {
		e := stream.Current()
		if err := whole.Accumulate(e); err != nil {
			return err
		}
		switch e := e.AsAny().(type) {
		case anthropic.MessageStartEvent:
			s.id(e.Message.ID)
		case anthropic.ContentBlockDeltaEvent:
			if j.Leave && e.Delta.Text != "" {
				s.Left = true
				return nil
			}
		}
	}
	if err := stream.Err(); err != nil {
		return err
	}
	messageWhole(&whole, s)
	return nil
}

func messageWhole(a *anthropic.Message, s *sight) {
	s.Role, s.Finish, s.Model = string(a.Role), string(a.StopReason), string(a.Model)
	s.Prompt, s.Completion = int(a.Usage.InputTokens), int(a.Usage.OutputTokens)
	for _, b := range a.Content {
		switch b := b.AsAny().(type) {
		case anthropic.TextBlock:
			s.Text += b.Text
		case anthropic.ToolUseBlock:
			s.Tool = b.Name + " " + string(b.Input)
		}
	}
}
