package haikuplanner

import (
	"context"
	"net/http/httptrace"
)

// ofOurs is a caller's context for calls of ours: clients leave without ending it, and what comes before the answer to a call, such as 103 Early Hints, is not for them.
func ofOurs(ctx context.Context) context.Context {
	trace := httptrace.ContextClientTrace(ctx)
	ctx = context.WithoutCancel(ctx)
	if trace == nil || trace.Got1xxResponse == nil {
		return ctx
	}
	deaf := *trace
	deaf.Got1xxResponse = nil
	return traced{ctx, &deaf}
}

// A traced context has another trace than its parent. httptrace can only add one.
type traced struct {
	context.Context
	trace *httptrace.ClientTrace
}

// Value implements context.Context.
func (c traced) Value(key any) any {
	v := c.Context.Value(key)
	if _, ok := v.(*httptrace.ClientTrace); ok {
		return c.trace
	}
	return v
}
