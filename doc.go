// Package haikuplanner makes requests that are too big for comfort into many that are not, and their answers into one ordinary answer.
//
// It sits in any Go program's OpenAI client, as an http.RoundTripper before LiteLLM. A small request passes through untouched. Of a big one a cheap
// model sees an outline and says how its task decomposes; its material is cut at natural boundaries, the pieces are read by a cheap model under a window, a deadline and
// a cap on money, and the model that the caller named words the answer:
//
//	planner, err := haikuplanner.New(haikuplanner.WithLiteLLM("http://localhost:4000", os.Getenv("LITELLM_MASTER_KEY")))
//	if err != nil {
//		log.Fatal(err)
//	}
//	config := openai.DefaultConfig(key)
//	config.BaseURL = "http://localhost:4000/v1"
//	config.HTTPClient = planner.Client(nil)
//	client := openai.NewClientWithConfig(config)
//	answer, err := client.CreateChatCompletion(ctx, request) // of any size
//
// The Python original's HaikuPlannerMiddleware(litellm_base_url=…, master_key=…, config_path=…) is New(WithLiteLLM(baseURL, key), WithConfigFile(path)) here.
//
// # What happens to a request
//
// transport.go looks at it, decide.go decides by a table, material.go divides it into instruction and material, advice.go asks how the task decomposes,
// chunk.go cuts the material, an operator in internal/operator says as data which calls it will make (plan.go), cost_estimate.go holds that against money and
// time, execute.go runs the calls, output.go gives the answer, outcome.go says what becomes of a failure. planner.go walks them in order.
//
// # What is never touched
//
// A forwarded request has the same bytes, headers, status and stream in both directions, and two headers more on the answer; where money was spent before, also those that say so. In automatic mode whatever goes wrong
// on our side before the first byte of the answer ends in the request as it came. The exceptions are the caller's own limits: the cap on money (402) and
// total_timeout (504). Nothing is ever left out in silence: a 200 means that every byte of the material was read, or the coverage in the answer says what was not.
package haikuplanner
