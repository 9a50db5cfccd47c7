#!/bin/sh
# Lists what Anthropic's Go SDK can put into a request: fields of both request types, types of content blocks, of blocks inside tool results and
# of document sources. Needs Go and its module proxy.
#
#	./sdkfields.sh v1.84.0 > sdkfields.txt
set -eu
version=${1:?version of anthropic-sdk-go}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat > "$dir/main.go" <<'GO'
package main

import (
	"fmt"
	"reflect"
	"strings"

	sdk "github.com/anthropics/anthropic-sdk-go"
)

var seen = map[string]bool{}

func show(kind, name string) {
	if line := kind + " " + name; name != "" && name != "-" && !seen[line] {
		seen[line] = true
		fmt.Println(line)
	}
}

func fields(v any) {
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		show("field", name)
	}
}

// types are the values of the type member over a union's variants.
func types(kind string, union any) {
	t := reflect.TypeOf(union)
	for i := range t.NumField() {
		if variant := t.Field(i).Type; variant.Kind() == reflect.Pointer && variant.Elem().Kind() == reflect.Struct {
			if f, ok := variant.Elem().FieldByName("Type"); ok {
				show(kind, f.Tag.Get("default"))
			}
		}
	}
}

func main() {
	fields(sdk.MessageNewParams{})
	fields(sdk.BetaMessageNewParams{})
	show("field", "stream") // set by the SDK itself
	types("block", sdk.ContentBlockParamUnion{})
	types("block", sdk.BetaContentBlockParamUnion{})
	types("block", sdk.ToolResultBlockParamContentUnion{})
	types("block", sdk.BetaToolResultBlockParamContentUnion{})
	types("source", sdk.DocumentBlockParamSourceUnion{})
	types("source", sdk.BetaRequestDocumentBlockSourceUnionParam{})
}
GO
cd "$dir"
{ go mod init sdkfields && go get "github.com/anthropics/anthropic-sdk-go@$version" && go mod tidy; } >&2
echo "# anthropic-sdk-go $version, by sdkfields.sh"
go run .
