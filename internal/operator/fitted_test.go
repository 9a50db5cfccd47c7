package operator

import "testing"

// What a reader writes in another way than the schema, and surely means as it has it, is read so.
func TestFitted(t *testing.T) {
	const schema = `{"type":"object","properties":{"orders":{"type":"array","items":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"unitPrice":{"type":"number"},"n":{"type":"integer"},` +
		`"paid":{"type":"boolean"},"note":{"type":["string","null"]},"mail":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}}}}}}`
	s, err := parseSchema([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		`"id":"a","unit_price":1.50`:                  `"id":"a","unitPrice":1.50`,
		`"ID":"a","Unit Price":"$1,234.50","N":"3"`:   `"id":"a","unitPrice":1234.50,"n":3`,
		`"id":"17","unitPrice":"1.234,50 €"`:          `"id":"17","unitPrice":1234.50`,
		`"id":"a","paid":"True","mail":null`:          `"id":"a","paid":true`,
		`"id":"a","note":null,"tags":null`:            `"id":"a","note":null`,
		`"id":"a","tags":["1","x"]`:                   `"id":"a","tags":["1","x"]`,
		`"colour":"red","n":3,"id":"a"`:               `"id":"a","n":3,"colour":"red"`,
		`"id":7`:                                      "",
		`"id":"a","id ":"b"`:                          `"id":"a","id ":"b"`,
		`"id":"a","colour":"red"`:                     `"id":"a","colour":"red"`,
		`"id":null`:                                   "",
		`"id":"a","unitPrice":"5 kg"`:                 "",
		`"id":"a","unitPrice":"1.234"`:                "",
		`"id":"a","n":"3.5"`:                          "",
		`"id":"a","unitPrice":"about 3 or 4"`:         "",
		`"id":"a","paid":"no"`:                        "",
		`"id":"a","unitPrice":{"amount":3,"of":"kg"}`: "",
	} {
		v, err := s.part(`{"Orders":[{` + given + `}]}`)
		if want == "" && err == nil || want != "" && (err != nil || v.String() != `{"orders":[{`+want+`}]}`) {
			t.Errorf("%s: %v, %v", given, v, err)
		}
	}
}
