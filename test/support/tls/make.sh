#!/bin/sh
# Makes the fixtures of this folder anew (OpenSSL 3): sh make.sh. Dates are fixed so that no clock is too early for them.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index"
cat > "$work/ca.cnf" <<END
[ca]
default_ca = it
[it]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[server]
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
END
make_key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"; chmod 644 "$1"; }
# sign KEY NAME EXTENSIONS END OUT [more options]
sign() {
  openssl req -new -key "$1" -subj "/CN=$2" -out "$work/request"
  extensions=$3 end=$4 out=$5
  shift 5
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/request" -extensions "$extensions" \
    -startdate 20200101000000Z -enddate "$end" -out "$out" "$@"
}
make_key "$work/ca-key.pem"
make_key server-key.pem
make_key client-key.pem
sign "$work/ca-key.pem" 'stress test CA' authority 21200101000000Z ca.pem -selfsign -keyfile "$work/ca-key.pem"
by="-cert ca.pem -keyfile $work/ca-key.pem"
sign server-key.pem localhost server 21200101000000Z server.pem $by
sign server-key.pem localhost server 20200201000000Z expired.pem $by
sign client-key.pem 'stress test client' client 21200101000000Z client.pem $by
