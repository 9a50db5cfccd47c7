package operator

import "math/big"

// rated is a value that is so many of so many: 4/5, 8 out of 10, 4,5 von 5 Sternen.
var rated = lazily(`(?i)^\W*(\p{Nd}{1,4}(?:[.,]\p{Nd}{1,3})?)\s?(?:/|out of|of|von|sur|de|su|из|üzerinden)\s?(\p{Nd}{1,4})(?:\s?(?:stars?|points?|sterne?n?|punkten?|étoiles|puntos|estrellas|yıldız|puan))?\W*$`)

// ratingsOf reads values that are all so many of the same number, as numbers with that for a unit; nil where one of them is not. 3/4 alone may be a fraction or a day.
func ratingsOf(values []string) map[string]quantity {
	read, out := map[string]quantity{}, ""
	for _, v := range values {
		if isEmptyCell(v) {
			continue
		}
		m := rated().FindStringSubmatch(v)
		if m == nil || out != "" && digitsOf(m[2]) != out {
			return nil
		}
		out = digitsOf(m[2])
		n, _, ok := parseQuantity(m[1], style{})
		most, _ := new(big.Rat).SetString(out)
		if !ok || n.amount.Cmp(most) > 0 {
			return nil
		}
		n.unit = "out of " + out
		read[v] = n
	}
	if len(read) < 2 {
		return nil
	}
	return read
}
