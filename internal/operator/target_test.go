package operator

import "testing"

func TestTargetForm(t *testing.T) {
	for form, tasks := range map[string][]string{
		"json": {"Convert this CSV to JSON.", "Convert the CSV below to a JSON array", "CSV'yi JSON'a çevir.", "Bu CSV dosyasını JSON dizisi olarak ver", "Read from CSV and give me JSON", "Wandle die CSV-Datei in JSON um", "Convertis ce CSV en JSON", "Convierte este CSV a JSON",
			"Converta este CSV para JSON", "CSV → JSON", "csv to json", "CSV to JSON", "Return JSON, not CSV.", "List every row of this CSV file as JSON.", "JSON please: every mark", "Output in the following JSON format: …", "Konvertiere CSV nach JSON", "以JSON格式列出所有发票", "把CSV转换成JSON", "JSON形式で一覧にして", "모든 청구서를 JSON으로", "Here is a CSV. Convert it to JSON."},
		"csv": {"List the marks as CSV", "Convert this JSON to CSV", "JSON'u CSV'ye çevir", "Tüm şehirleri CSV olarak listele", "List all ships; CSV, please", "As CSV, not in JSON", "Gib alle Namen als CSV-Datei aus", "Return them in this CSV format: name,town", "Convierte el JSON a CSV",
			"Write a CSV with the columns name and town.", "json to csv", "All names. The CSV should have two columns."},
		"xml": {"Convert this CSV to XML", "Wandle die CSV-Datei in XML um"},
		"":    {"List every city in this CSV file.", "What is in the CSV?", "CSV dosyasındaki şehirleri listele", "Translate the CSV into Turkish.", "CSV'yi Türkçeye çevir", "List every error in this JSON file.", "The data is in CSV format. List all towns.", "Here is a CSV of sales: list the towns.", "Liste les villes de ce CSV", "List all names", "List the functions that return JSON.", "List which services write to CSV.", "List the tools that convert PDF to JSON.", "列出这个JSON格式的文件里的所有城市", "Turn this CSV into a table."},
	} {
		for _, task := range tasks {
			if got, _ := targetForm(task); got != form {
				t.Errorf("targetForm(%q) = %q, want %q", task, got, form)
			}
		}
	}
}
