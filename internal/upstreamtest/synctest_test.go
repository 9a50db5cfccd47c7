//go:build go1.25

package upstreamtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestDelayInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := New(func(Call) Reply { return Reply{Text: "a b c", Delay: time.Minute, Pause: time.Second} })
		start := time.Now()
		resp := ask(t, "http://upstream.test", u, `{"stream":true,"messages":[]}`)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("headers after %v", d)
		}
		io.Copy(io.Discard, resp.Body)
		if d := u.Calls()[0].Took; d != time.Minute+3*time.Second {
			t.Errorf("done after %v", d)
		}

		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r, _ := http.NewRequestWithContext(ctx, "POST", "http://upstream.test/x", strings.NewReader("{}"))
		if _, err := u.RoundTrip(r); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if c := u.Calls()[1]; !c.HungUp || c.Took != time.Second {
			t.Errorf("recorded %+v", c)
		}
	})
}
