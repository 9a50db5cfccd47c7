package operator

import (
	"strings"
	"testing"
)

// Words that have an order of their own are not sorted by their letters, nor days without a year by their first number.
func TestSortByRank(t *testing.T) {
	for _, c := range []struct {
		cells, want string
		down, sure  bool
	}{
		{"high,low,critical,medium", "critical,high,medium,low", true, true},
		{"High,Low,Medium", "Low,Medium,High", false, false}, // the task does not say which comes first
		{"düşük,yüksek,orta", "yüksek,orta,düşük", true, true},
		{"ERROR,INFO,WARN,n/a", "ERROR,WARN,INFO,n/a", true, true},
		{"April,January,March", "January,March,April", false, true},
		{"Feb 2,Mar 5,Jan 7,Jan 12", "Jan 7,Jan 12,Feb 2,Mar 5", false, true},
		{"5. März,7. Januar,2. Feb", "7. Januar,2. Feb,5. März", false, true},
		{"5.3.,12.1.,1.12.", "12.1.,5.3.,1.12.", false, true},
		{"1.200,950,12.500", "1.200,12.500,950", false, false}, // or thousands
		{"1.200,1.950", "1.200,1.950", false, true},
		{"Monday,Friday,Tuesday", "Monday,Tuesday,Friday", false, true},
		{"L,XL,S,M", "S,M,L,XL", false, true},
		{"large,small,medium", "small,medium,large", false, true},
		{"A,A+,B,A-", "A+,A,A-,B", false, false},
		{"B,A,C", "A,B,C", false, true},
		{"twelve,three,10,dix", "three,10,dix,twelve", false, true},
		{"3rd,1st,2nd,10th", "1st,2nd,3rd,10th", false, true},
		{"third,first,second", "first,second,third", false, true},
		{"Zonguldak,Çorum,Ankara,İzmir,Isparta", "Ankara,Çorum,Isparta,İzmir,Zonguldak", false, true},
		{"Zebra,Ångström,apple", "Ångström,apple,Zebra", false, true},
	} {
		var rows [][]string
		for _, cell := range strings.Split(c.cells, ",") {
			rows = append(rows, []string{cell})
		}
		sure := sortRows(rows, ordering{0, c.down})
		var got []string
		for _, r := range rows {
			got = append(got, r[0])
		}
		if s := strings.Join(got, ","); s != c.want || sure != c.sure {
			t.Errorf("%s, down %v: %s, sure %v", c.cells, c.down, s, sure)
		}
	}
}
