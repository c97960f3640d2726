package apply_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
)

// The API server only warns of a Deployment, but refuses a Pod: so a Pod it is,
// made from the Deployment's template.
func TestTheManagerRunsUnderRestrictedPodSecurity(t *testing.T) {
	install(t)
	pod := managersPod(t)
	if err := dryRun(t, pod); err != nil {
		t.Errorf("refused: %v", err)
	}
	for name, loosen := range map[string]func(*corev1.Pod){
		"privileged": func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.Privileged = ptr(true) },
		"root":       func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsNonRoot = nil },
		"capability": func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.Capabilities.Drop = nil },
		"escalation": func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil },
		"seccomp":    func(p *corev1.Pod) { p.Spec.SecurityContext.SeccompProfile = nil },
	} {
		loose := pod.DeepCopy()
		loosen(loose)
		if name == "privileged" {
			// The API server finds the two contradictory by itself.
			loose.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil
		}
		if err := dryRun(t, loose); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "restricted") {
			t.Errorf("%s: want it refused by pod security, got %v", name, err)
		}
	}
}

func TestTheManagerHasProbesLimitsAndNoPlaceToWriteTo(t *testing.T) {
	container := managersPod(t).Spec.Containers[0]
	if container.LivenessProbe == nil || container.ReadinessProbe == nil {
		t.Error("a probe is missing")
	}
	if container.Resources.Requests.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() || container.Resources.Limits.Memory().IsZero() {
		t.Error("a request or the limit of memory is missing")
	}
	if readOnly := container.SecurityContext.ReadOnlyRootFilesystem; readOnly == nil || !*readOnly {
		t.Error("the root file system can be written to")
	}
	if container.Args[0] != "--cluster-id=REPLACE_ME" {
		t.Errorf("the first argument, which overlays patch, is %q", container.Args[0])
	}
}

func dryRun(t *testing.T, pod *corev1.Pod) error {
	t.Helper()
	client := kubernetes.NewForConfigOrDie(plane.Config()).CoreV1()
	_, err := client.Pods(pod.Namespace).Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	return err
}

func managersPod(t *testing.T) *corev1.Pod {
	t.Helper()
	deployment := one(t, render(t, base(t, "default")), "Deployment")
	template := struct {
		Spec struct {
			Template corev1.PodTemplateSpec `json:"template"`
		} `json:"spec"`
	}{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(deployment.Object, &template, false); err != nil {
		t.Fatal(err)
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "manager", Namespace: deployment.GetNamespace(), Labels: template.Spec.Template.Labels},
		Spec:       template.Spec.Template.Spec,
	}
}

func ptr[T any](value T) *T { return &value }
