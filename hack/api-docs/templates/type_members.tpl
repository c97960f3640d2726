{{- define "type_members" -}}
{{- if eq .Name "metadata" -}}
Standard object's metadata.
{{- else -}}
{{ markdownRenderFieldDoc .Doc }}
{{- end -}}
{{- end -}}
