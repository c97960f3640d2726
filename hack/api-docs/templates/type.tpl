{{- define "type" -}}
{{- if markdownShouldRenderType . }}

### {{ .Name }}
{{ if .IsAlias }}
_Underlying type:_ {{ markdownRenderTypeLink .UnderlyingType }}
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
| `{{ .Name }}` _{{ markdownRenderType .Type }}_ | {{ template "type_members" . }} | {{ range .Validation }}{{ if eq . "Optional: {}" }}Optional{{ else }}{{ markdownRenderFieldDoc . }}{{ end }}<br />{{ end }}{{ with .Default }}Default: {{ markdownRenderDefault . }}{{ end }} |
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
