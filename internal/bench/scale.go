package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// scale measures how one request's cost grows with its size, caps and time-outs raised, and what the defaults say to the same sizes.
func scale(e *env, w io.Writer) error {
	const config = "haiku_planner:\n  max_chunks: 64\n  max_cost_per_request: 5000\n  total_timeout: 3600\n  max_body_bytes: 134217728\n"
	up, err := e.child("upstream", "-delay", "20ms")
	if err != nil {
		return err
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	t := table{head: []string{"prompt", "body", "chunk calls", "wall", "our CPU", "CPU per 1K tokens", "peak memory", "per byte of body"}}
	type point struct{ tokens, wall, cpu, calls, peak float64 }
	var points []point
	for _, tokens := range []int{10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000} {
		if float64(tokens) > 10_000_000*e.scale {
			continue
		}
		p, err := e.proxy(up, config)
		if err != nil {
			return err
		}
		// A first, small one: the vocabulary is loaded and connections are open.
		if _, err := send(transport, "http://"+p.addr, e.prompt(9_500, false), p.cpu); err != nil {
			return err
		}
		p.resetPeak()
		body := e.prompt(tokens, false)
		s, err := send(transport, "http://"+p.addr, body, p.cpu)
		if err != nil {
			return err
		}
		_, peak := p.rss()
		p.stop()
		calls := 0
		for _, c := range s.calls {
			if c.Stage == "map" {
				calls++
			}
		}
		points = append(points, point{float64(tokens), s.wall, s.cpu, float64(calls), float64(peak)})
		t.add(fmt.Sprintf("%dK tokens", tokens/1000), fmt.Sprintf("%.1f MB", float64(len(body))/(1<<20)), fmt.Sprint(calls), fmt.Sprintf("%.2f s", s.wall/1e9), fmt.Sprintf("%.2f s", s.cpu/1e9),
			fmt.Sprintf("%.0f µs", s.cpu/1e3/float64(tokens)*1e3), fmt.Sprintf("%d MB", peak>>20), fmt.Sprintf("%.1f", float64(peak)/float64(len(body))))
	}
	t.write(w)
	fmt.Fprintf(w, "Upstream takes 20 ms a call, 64 are in flight at once, %d cores are shared by client, proxy and upstream.\n\n", cores())

	chart := plot{title: "One request: cost by size", x: "prompt tokens", y: "relative to the smallest"}
	for _, series := range []struct {
		name string
		of   func(point) float64
	}{
		{"wall time", func(p point) float64 { return p.wall }}, {"CPU", func(p point) float64 { return p.cpu }},
		{"chunk calls", func(p point) float64 { return p.calls }}, {"peak memory", func(p point) float64 { return p.peak }},
	} {
		line := plotLine{name: series.name}
		for _, p := range points {
			line.x, line.y = append(line.x, p.tokens), append(line.y, series.of(p)/series.of(points[0]))
		}
		chart.lines = append(chart.lines, line)
	}
	if err := e.save("scale.svg", chart.svg()); err != nil {
		return err
	}
	fmt.Fprint(w, "![how time, CPU, calls and memory of one request grow with its size](scale.svg)\n\n")
	return refusals(e, w, up)
}

// refusals asks for the same sizes with the default configuration: money and time are estimated before the first chunk call.
func refusals(e *env, w io.Writer, up *process) error {
	p, err := e.proxy(up, "haiku_planner:\n  enabled: true\n")
	if err != nil {
		return err
	}
	t := table{head: []string{"prompt", "by default", "answered after", "what it says"}}
	for _, tokens := range []int{100_000, 1_000_000, 3_000_000, 10_000_000} {
		if float64(tokens) > 10_000_000*e.scale {
			continue
		}
		body := e.prompt(tokens, false)
		for _, force := range []bool{false, true} {
			r, err := http.NewRequest(http.MethodPost, "http://"+p.addr+"/v1/chat/completions", bytes.NewReader(body))
			if err != nil {
				return err
			}
			r.Header.Set("Authorization", "Bearer sk-bench")
			r.Header.Set("Content-Type", "application/json")
			how := "automatic"
			if force {
				r.Header.Set("X-Decompose", "1")
				how = "x-decompose: 1"
			}
			began := time.Now()
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				return err
			}
			answer, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			after := took(began)
			var v struct{ Error struct{ Message string } }
			json.Unmarshal(answer, &v)
			says := v.Error.Message
			if says == "" {
				says = resp.Header.Get("X-Haiku-Planner") + ", " + resp.Header.Get("X-Haiku-Planner-Reason")
				if chunks := resp.Header.Get("X-Haiku-Planner-Chunks"); chunks != "" {
					says += ", chunks " + chunks
				}
			}
			t.add(fmt.Sprintf("%dK tokens, %s", tokens/1000, how), fmt.Sprint(resp.StatusCode), fmt.Sprintf("%.2f s", after/1e9), strings.ReplaceAll(says, "|", "/"))
		}
	}
	t.write(w)
	fmt.Fprintln(w, "The same sizes with the default configuration, to a model of 3 and 15 dollars a million whose window holds them all.")
	return nil
}

// save writes a file beside the tables.
func (e *env) save(name, content string) error {
	if e.out == "-" {
		return nil
	}
	if err := os.MkdirAll(e.out, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.out, name), []byte(content), 0o644)
}

// A plot is lines over two logarithmic axes.
type plot struct {
	title, x, y string
	lines       []plotLine
}

type plotLine struct {
	name string
	x, y []float64
}

func (p plot) svg() string {
	const width, height, left, right, top, bottom = 720, 440, 70, 150, 40, 50
	minX, maxX, minY, maxY := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, l := range p.lines {
		for i := range l.x {
			minX, maxX = min(minX, l.x[i]), max(maxX, l.x[i])
			minY, maxY = min(minY, l.y[i]), max(maxY, l.y[i])
		}
	}
	floor := func(v float64) float64 { return math.Floor(math.Log10(v) + 1e-9) }
	ceil := func(v float64) float64 { return math.Ceil(math.Log10(v) - 1e-9) }
	x0, x1, y0, y1 := floor(minX), max(ceil(maxX), floor(minX)+1), floor(minY), max(ceil(maxY), floor(minY)+1)
	px := func(v float64) float64 { return left + (math.Log10(v)-x0)/(x1-x0)*(width-left-right) }
	py := func(v float64) float64 { return height - bottom - (math.Log10(v)-y0)/(y1-y0)*(height-top-bottom) }
	short := func(v float64) string {
		switch {
		case v >= 1e6:
			return fmt.Sprintf("%gM", v/1e6)
		case v >= 1e3:
			return fmt.Sprintf("%gK", v/1e3)
		}
		return fmt.Sprintf("%g", v)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><text x="%d" y="22" font-size="15">%s</text>`+"\n", width, height, left, p.title)
	for d := x0; d <= x1; d++ {
		v := math.Pow(10, d)
		fmt.Fprintf(&b, `<path d="M%.1f %d V%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", px(v), top, height-bottom, px(v), height-bottom+18, short(v))
	}
	for d := y0; d <= y1; d++ {
		v := math.Pow(10, d)
		fmt.Fprintf(&b, `<path d="M%d %.1f H%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left, py(v), width-right, left-8, py(v)+4, short(v))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text><text x="18" y="%d" transform="rotate(-90 18 %d)" text-anchor="middle">%s</text>`+"\n",
		(left+width-right)/2, height-12, p.x, height/2, height/2, p.y)
	for i, l := range p.lines {
		color := []string{"#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e"}[i%5]
		b.WriteString(`<path fill="none" stroke-width="2" stroke="` + color + `" d="`)
		for k := range l.x {
			fmt.Fprintf(&b, "%c%.1f %.1f ", "ML"[min(k, 1)], px(l.x[k]), py(l.y[k]))
		}
		fmt.Fprintf(&b, `"/><text x="%d" y="%d" fill="%s">%s</text>`+"\n", width-right+12, top+20+18*i, color, l.name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}
