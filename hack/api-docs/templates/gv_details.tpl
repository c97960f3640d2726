{{- define "gvDetails" -}}
{{- $gv := . -}}
## {{ .GroupVersionString }}
{{ with .Doc }}
{{ . }}
{{ end }}
{{- if .Kinds }}
{{ range .SortedKinds -}}
- {{ $gv.TypeForKind . | markdownRenderTypeLink }}
{{ end -}}
{{ end -}}
{{ range .SortedTypes }}{{ template "type" . }}{{ end }}
{{- end -}}
