{{- define "netmon.labels" -}}
app: {{ .Values.name }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ include "netmon.version" . | quote }}
app.kubernetes.io/component: agent
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "netmon.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- /* What runs: of an image by digest the chart only knows which version it was made for. */ -}}
{{- define "netmon.version" -}}
{{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | trimSuffix "." | trimSuffix "-" | trimSuffix "_" }}
{{- end }}

{{- /* Not empty where there is something to ask. */ -}}
{{- define "netmon.query" -}}
{{- if and .Values.query.enabled .Values.capture.hostPath }}true{{ end }}
{{- end }}

{{- define "netmon.queryImage" -}}
{{- $repository := .Values.query.repository | default (printf "%s-query" .Values.image.repository) -}}
{{- if .Values.query.digest }}{{ $repository }}@{{ .Values.query.digest }}{{ else }}{{ $repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "netmon.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (ternary .Values.name "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "netmon.priorityClass" -}}
{{- /* The value of a class can't be changed once it is there, so another value is a class of another name. */ -}}
{{- $own := .Values.name -}}
{{- if ne (int64 .Values.priorityClass.value) 1000000 }}{{ $own = printf "%s-%d" .Values.name (int64 .Values.priorityClass.value) }}{{ end -}}
{{ .Values.priorityClass.name | default (ternary $own "" .Values.priorityClass.create) }}
{{- end }}
