package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// quantile is the q-th quantile of x, which it sorts.
func quantile[T ~int64 | ~float64](x []T, q float64) T {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return x[min(len(x)-1, int(q*float64(len(x))))]
}

func median[T ~int64 | ~float64](x []T) T { return quantile(slices.Clone(x), 0.5) }

// A series is one figure of A and of B, measured in pairs of neighbouring slices.
type series struct{ a, b []float64 }

func (s *series) add(a, b float64) { s.a, s.b = append(s.a, a), append(s.b, b) }

// ratio is the median of B over A, with the quartiles.
func (s *series) ratio() (mid, low, high float64) {
	r := make([]float64, len(s.a))
	for i := range r {
		r[i] = s.b[i] / s.a[i]
	}
	return quantile(r, 0.5), quantile(r, 0.25), quantile(r, 0.75)
}

// difference is the median of B less A, with the quartiles.
func (s *series) difference() (mid, low, high float64) {
	d := make([]float64, len(s.a))
	for i := range d {
		d[i] = s.b[i] - s.a[i]
	}
	return quantile(d, 0.5), quantile(d, 0.25), quantile(d, 0.75)
}

func (s *series) ratioText() string {
	mid, low, high := s.ratio()
	return fmt.Sprintf("**%.3f** (%.2f–%.2f)", mid, low, high)
}

// A table is Markdown.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer) {
	fmt.Fprintf(w, "| %s |\n|%s\n", strings.Join(t.head, " | "), strings.Repeat("---|", len(t.head)))
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(r, " | "))
	}
	fmt.Fprintln(w)
}

func micros(ns float64) string { return fmt.Sprintf("%.0f µs", ns/1e3) }

func millis(ns float64) string { return fmt.Sprintf("%.1f ms", ns/1e6) }

func took(began time.Time) float64 { return float64(time.Since(began)) }
