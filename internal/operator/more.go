package operator

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// asksMore is what a task says that wants something beside its list: how many there are, a sum, a conclusion.
var asksMore = lazily(`(?i)(?:^|[^\p{L}])(?:how (?:many|much|often)|count (?:them|the|how|all|each)|(?:their|overall|grand|combined) (?:(?:total|overall) )?(?:number|total|sum|count|average|amount)s?|total (?:number|sum|count|amount|value|cost) of (?:all|them|these|the)|total(?:s| row| line)? at the (?:end|bottom)|an? total (?:row|line)|number of (?:them|all|times|occurrences)|sum (?:of|up)|add (?:them |it |these )?up|(?:in total|altogether)$|` +
	`(?:then|finally|afterwards|lastly|at the end|in the end|and|also),? (?:also |please )?(?:summari[sz]e|explain|conclude|compare|recommend|calculate|compute|count|assess|evaluate|analy[sz]e)|which of (?:them|these|those)|` +
	`kaç(?:ar)? (?:tane|adet|kez|kere|defa|kişi)|kaç olduğu\p{L}*|toplam (?:sayı|tutar|adet)\p{L}*|toplamını|sayısını da|(?:ardından|sonra|ayrıca) (?:\p{L}+ ){0,4}(?:özetle|açıkla|karşılaştır|hesapla|değerlendir)\p{L}*|` +
	`wie (?:viele|oft)|gesamt(?:zahl|summe|betrag|anzahl)|ihre (?:anzahl|summe)|(?:dann|anschließend|und|danach) (?:\p{L}+ ){0,3}(?:fasse|erkläre|vergleiche|berechne|bewerte)|` +
	`combien|nombre total|(?:leur|la) somme|(?:puis|ensuite|et) (?:résume|explique|compare|calcule)\p{L}*|cu[áa]nt[oa]s|quant[oaie]s?|número total|(?:luego|después|depois|poi|y|e) (?:resume|resuma|explica|explique|compara|calcula|calcule|riassumi|spiega|confronta)|` +
	`сколько|общ\p{L}+ (?:числ|количеств|сумм)\p{L}*|итого\p{L}*|(?:затем|потом|и) (?:\p{L}+ ){0,2}(?:объясни|сравни|подсчитай|посчитай|обобщи)|كم|مجموع\p{L}*|إجمالي)(?:$|[^\p{L}])` +
	`|[.!?;\n]\s*(?:explain|summari[sz]e|compare|conclude|recommend|calculate|compute|why|what|which)\s` +
	`|多少|几个|总数|總數|总和|总计|合计|共计|并(?:且)?(?:总结|分析|解释|比较)|合計|何件|いくつ|몇 ?[개명건번]|합계|총 ?(?:개수|수|합)|कितन|कुल`)

// exactly is what a program can say of all items for who words more than the list: how many there are, and the sums of numbers of one unit.
func exactly(found []occurrence, columns []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d items", len(found))
	if len(columns) < 2 {
		columns = []string{""}
	}
	for i, name := range columns {
		var values []string
		for _, o := range found {
			if cells := o.cells(columns); i < len(cells) && !isEmptyCell(cells[i]) {
				values = append(values, cells[i])
			}
		}
		read, ok := quantities(values)
		if !ok || len(values) < 2 {
			continue
		}
		sum := quantity{amount: new(big.Rat), unit: read[values[0]].unit}
		for _, v := range values {
			sum.amount.Add(sum.amount, read[v].amount)
			sum.scale = max(sum.scale, read[v].scale)
		}
		if sum.unit != clockUnit {
			fmt.Fprintf(&b, "; sum of %s %s", cmp.Or(name, "all"), sum.shown())
		}
	}
	return b.String()
}

// frequencies says how often each item occurs, most often first.
func frequencies(found []occurrence, columns []string) string {
	type item struct {
		name string
		n    int
	}
	var items []*item
	at := map[string]*item{}
	for _, o := range found {
		if o.remark {
			continue
		}
		name := strings.Join(o.cells(columns), " | ")
		if at[sameKey(name)] == nil {
			at[sameKey(name)] = &item{name: name}
			items = append(items, at[sameKey(name)])
		}
		at[sameKey(name)].n++
	}
	slices.SortStableFunc(items, func(a, b *item) int { return b.n - a.n })
	var b strings.Builder
	fmt.Fprintf(&b, "%d different items; how often each occurs:", len(items))
	for i, e := range items {
		if i == maxKeys {
			fmt.Fprintf(&b, "\n(%d more, none more often than %d)", len(items)-i, e.n)
			break
		}
		fmt.Fprintf(&b, "\n%s: %d", prompt.Line(e.name), e.n)
	}
	return b.String()
}
