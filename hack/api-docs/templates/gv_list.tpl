{{- define "gvList" -}}
<!-- Written by `make api-docs` from the comments in api/. Do not edit. -->

# API reference
{{ range . }}
{{ template "gvDetails" . }}
{{- end }}
{{- end -}}
