package operator

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// sequencer answers calls for an order with the numbers of the elements sorted by what by finds in each.
func sequencer(t *testing.T, reader func(Call) Reply, reply func(list []string) string) func(Call) Reply {
	return func(c Call) Reply {
		if !strings.Contains(c.System.String(), "in which order") {
			return reader(c)
		}
		if c.Role != Final {
			t.Error("the order is for the model that words the answer")
		}
		return Reply{Text: reply(regexp.MustCompile(`(?m)^\d+\. .*$`).FindAllString(material(c.User.String()), -1)), Finish: "stop"}
	}
}

// An order that only a model can tell is given in numbers: each element is there once, as it was.
func TestSequence(t *testing.T) {
	backwards := func(list []string) string {
		var b strings.Builder
		for i := len(list); i > 0; i-- {
			fmt.Fprintf(&b, "%d, ", i)
		}
		return "Here is the order: " + b.String()
	}
	const schema = `{"type":"object","properties":{"cities":{"type":"array","items":{"type":"object","properties":{"city":{"type":"string"},"size":{"type":"string"}}}},"tags":{"type":"array","items":{"type":"string"}}}}`
	part := func(Call) Reply {
		return Reply{Text: `{"cities":[{"city":"b","size":"5 kg"},{"city":"a","size":"300 g"}],"tags":["t"]}`, Finish: "stop"}
	}
	for _, c := range []struct {
		task  string
		reply func([]string) string
		want  string
		calls int // for an order
	}{
		{"List all cities, sorted by size.", backwards, `{"city":"a","size":"300 g"},{"city":"b","size":"5 kg"}`, 1},
		{"List all cities, sorted by population.", backwards, `{"city":"a","size":"300 g"},{"city":"b","size":"5 kg"}`, 1},
		{"List all cities, sorted by population.", func([]string) string { return "1, 1" }, `{"city":"b","size":"5 kg"},{"city":"a","size":"300 g"}`, 2},
		{"List all cities, sorted by population.", func([]string) string { return "NONE" }, `{"city":"b","size":"5 kg"},{"city":"a","size":"300 g"}`, 1},
		{"List all cities, sorted by city.", backwards, `{"city":"a","size":"300 g"},{"city":"b","size":"5 kg"}`, 0},
		{"List all cities.", backwards, `{"city":"b","size":"5 kg"},{"city":"a","size":"300 g"}`, 0},
	} {
		in := textInput(c.task, "text\n", 1000)
		in.Format, in.Schema = "json_schema", []byte(schema)
		calls := 0
		f := &fake{model: sequencer(t, part, func(l []string) string { calls++; return c.reply(l) })}
		if err := run(t, "extract", in, f); err != nil || f.out.String() != `{"cities":[`+c.want+`],"tags":["t"]}` || calls != c.calls {
			t.Errorf("%s: %v, %d calls, %s", c.task, err, calls, f.out.String())
		}
	}

	text, want := marks(3000, 600)
	in := textInput("List all marks, sorted by the weight of the animal.", text, 3000)
	in.Format = "text"
	f := &fake{model: sequencer(t, collector, backwards)}
	err := run(t, "extract", in, f)
	if got := f.out.String(); err != nil || len(f.answers) > 0 || !strings.HasPrefix(got, "- "+want[599]+"\n- "+want[598]) || strings.Count(got, "\n") != 599 {
		t.Errorf("%v, %d final calls, %.200s", err, len(f.answers), got)
	}
}

func TestOrderIn(t *testing.T) {
	for reply, want := range map[string]string{
		"3,1,2": "[2 0 1]", "[3, 1, 2]": "[2 0 1]", "3\n1\n2\n": "[2 0 1]", "The order of the 3 elements: 3, 1, 2.": "[2 0 1]", "NONE": "[0 1 2]",
		"": "", "3,1": "", "3,1,2,2": "", "4,1,2": "", "0,1,2": "", "99999999999999999999,1,2": "", "I sorted them": "",
	} {
		order, ok := orderIn(reply, 3)
		if got := fmt.Sprint(order); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %v, %v", reply, order, ok)
		}
	}
}
