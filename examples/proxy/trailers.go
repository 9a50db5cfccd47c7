package main

import (
	"net/http"
	"strings"
)

// noTrailers begins the user agent of clients that take trailers at the end of an answer for a broken one: of Dart's, so of Flutter's apps (dart-lang/sdk#54162).
const noTrailers = "Dart/"

// bare takes the planner's trailers from an answer to such a client. They are a convenience; the answer has to be read to its end.
func bare(r *http.Request, resp *http.Response) {
	if resp.Trailer != nil && strings.HasPrefix(r.UserAgent(), noTrailers) {
		resp.Trailer = nil
	}
}
