{{- define "netmon.labels" -}}
app: {{ .Values.name }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "netmon.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "netmon.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (ternary .Values.name "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "netmon.priorityClass" -}}
{{ .Values.priorityClass.name | default (ternary .Values.name "" .Values.priorityClass.create) }}
{{- end }}
