{{- define "type" -}}
{{- if markdownShouldRenderType . }}

### {{ .Name }}
{{ if .IsAlias }}
{{- /* A link to a map's own name leads nowhere. */ -}}
{{ if contains "map[" (markdownRenderTypeLink .UnderlyingType) }}
_Underlying type:_ `{{ regexReplaceAll "\\]\\(#.*" (markdownRenderTypeLink .UnderlyingType) "" | trimPrefix "[" }}`
{{- else }}
_Underlying type:_ {{ markdownRenderTypeLink .UnderlyingType }}
{{- end }}
{{ end }}
{{- with .Doc }}
{{ . }}
{{ end }}
{{- if .Validation }}
_Validation:_

{{ range .Validation -}}
- {{ . }}
{{ end -}}
{{ end }}
{{- if .References }}
_Appears in:_

{{ range .SortedReferences -}}
- {{ markdownRenderTypeLink . }}
{{ end -}}
{{ end }}
{{- if .Members }}
| Field | Description | Validation |
| --- | --- | --- |
{{ if .GVK -}}
| `apiVersion` _string_ | `{{ .GVK.Group }}/{{ .GVK.Version }}` | |
| `kind` _string_ | `{{ .GVK.Kind }}` | |
{{ end -}}
{{ range .Members -}}
| `{{ .Name }}` _{{ markdownRenderType .Type }}_ | {{ template "type_members" . }} | {{ range .Validation }}{{ if contains "XValidation" . }}{{/* CEL is for the API server: its messages are for people. */}}{{ else if eq . "Optional: {}" }}Optional<br />{{ else if eq . "Required: {}" }}Required<br />{{ else }}{{ markdownRenderFieldDoc . }}<br />{{ end }}{{ end }}{{ with .Default }}Default: {{ markdownRenderDefault . }}{{ end }} |
{{ end -}}
{{ end }}
{{- if .EnumValues }}
| Value | Meaning |
| --- | --- |
{{ range .EnumValues -}}
| `{{ .Name }}` | {{ markdownRenderFieldDoc .Doc }} |
{{ end -}}
{{ end }}
{{- end -}}
{{- end -}}
