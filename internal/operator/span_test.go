package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTimesOf(t *testing.T) {
	for values, want := range map[string]string{
		"00:12:07|01:00:00|12:07|45 s":                 "0:12:07|1:00:00|0:12:07|0:00:45",
		"2 hours 30 minutes|1h 5m|90 min|2 saat|1h05m": "2:30:00|1:05:00|1:30:00|2:00:00|1:05:00",
		"14:05|9:30|23:59":                             "14:05|09:30|23:59",
		"36:15|8:30":                                   "36:15:00|8:30:00",
		"2:05 pm|12:10 a.m.|11:00 AM":                  "14:05|00:10|11:00",
		"14:05:33 Uhr|9:00 Uhr":                        "14:05:33|09:00",
		"14h30|9h05":                                   "14:30|09:05",
		"5:30 min|0:45 min":                            "0:05:30|0:00:45",
		"7:30 h|8:15 h":                                "7:30:00|8:15:00",
		"00:00:01.25|00:00:02,5":                       "0:00:01.25|0:00:02.5",
		"-00:30|01:15":                                 "-0:30:00|1:15:00",
		"–0:30|+1:15|+2:00|Lunch - 0:45":               "-0:30:00|1:15:00|2:00:00|0:45:00",
		"-2h 30m|minus 45 min|1h 5m":                   "-2:30:00|-0:45:00|1:05:00",
		"10.30 Uhr|9.05 Uhr|9:00 Uhr":                  "10:30|09:05|09:00",
		"+1:30|+2:00":                                  "1:30:00|2:00:00",
		"1 Tag 2 Stunden und 3 Minuten|1,5 Stunden 10 Minuten": "26:03:00|1:40:00",
		"2小时30分钟|45分钟":                                         "2:30:00|0:45:00",
		"2 saat 30 dakika sürdü|3 saat, 5 dakika":              "2:30:00|3:05:00",
		"٠٠:١٢:٠٧|٠١:٠٠:٠٠":                                    "0:12:07|1:00:00",
		// No times, or numbers of one unit.
		"90 min|2 h|45 s": "", "12:99|1:2|10:00-11:00": "", "5 kg 3 m": "", "2024-05-01 12:07": "", "192.168.1.1:8080": "", "3 apples 5 m": "", "1:2:3:4": "", "m|h|": "", "5 min 2 h": "",
	} {
		list := strings.Split(values, "|")
		times, _ := timesOf(list)
		var got []string
		for _, v := range list {
			if q, ok := times[v]; ok {
				got = append(got, q.shown())
			}
		}
		if d := cmp.Diff(want, strings.Join(got, "|")); d != "" {
			t.Errorf("%s (-want +got):\n%s", values, d)
		}
	}
}

func TestTallyOfTimes(t *testing.T) {
	for name, c := range map[string]struct {
		value func(i int) string
		want  []string
		not   string
	}{
		"spans":  {func(i int) string { return fmt.Sprintf("00:%02d:30", i) }, []string{"All, numbers h:mm:ss: 60; sum 30:00:00; average 0:30:00; median 0:30:00; lowest 0:00:30; highest 0:59:30", "- 0:59:30: call 59", "Highest in h:mm:ss: call 59"}, "Unclear"},
		"words":  {func(i int) string { return fmt.Sprintf("%d hours %d minutes", i/6, i%6*10) }, []string{"sum 295:00:00; average 4:55:00", "highest 9:50:00"}, "hold no single"},
		"clocks": {func(i int) string { return fmt.Sprintf("%d:%02d", i%24, i) }, []string{"All, numbers time of day: 60; average 10:47:30; ", "lowest 00:00; highest 23:47", "- 23:47: call 47", "Unclear: times such as 12:07"}, "; sum "},
	} {
		var found []occurrence
		for i := range 60 {
			found = append(found, occurrence{quote: fmt.Sprintf("call %d", i), value: c.value(i), n: 1})
		}
		got := tallyOf(found, nil).render(textInput("Sort the calls.", "", 10), 0, 8000)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%.900s", name, want, got)
			}
		}
		if strings.Contains(got, c.not) {
			t.Errorf("%s: %q in\n%.900s", name, c.not, got)
		}
	}
	rows := [][]string{{"1h 5m"}, {"10 min"}, {"2 hours 30 minutes"}, {"00:45:00"}}
	sortRows(rows, ordering{0, false})
	if d := cmp.Diff([][]string{{"10 min"}, {"00:45:00"}, {"1h 5m"}, {"2 hours 30 minutes"}}, rows); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
