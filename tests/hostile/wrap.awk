# wrap.awk - from the list of symbols to functions that can fail
#
# awk -f wrap.awk unfailing.sym - <nm output of libreader.a
#
# Writes assembly: for each symbol a function that asks hostile_fault_due()
# and then either returns the failure or jumps to the true one with all
# arguments as they came, whatever they are.
/^#/ { next }
FILENAME != "-" {
	pattern[++patterns] = $1
	value[patterns] = $2
	next
}
# nm -u: the last word is the symbol
$0 ~ / U / { taken[$NF] = 1 }
$0 ~ / [TDBRVW] / { defined[$NF] = 1 }
END {
	library = "^(ASN1|BIO|BN|BUF_MEM|CMS|CRYPTO|CTR|CA_|EAC|EC_|ECDSA|" \
	    "EVP|HMAC|NCONF|OBJ|OPENSSL|OSSL|PACE|PEM|PKCS7|RAND|RSA|X509|" \
	    "d2i|i2d|u8|u16|u32|uc|uninorm|SCard|nfc)_|" \
	    "^(malloc|calloc|realloc|reallocarray|strdup|strndup)$"
	print "\t.text"
	for (symbol in taken) {
		if (symbol in defined || symbol !~ library)
			continue
		fails = 0
		for (i = 1; i <= patterns; i++)
			if (symbol ~ pattern[i]) {
				fails = value[i]
				break
			}
		if (fails == "-")
			continue
		printf "\t.globl __wrap_%s\n__wrap_%s:\n", symbol, symbol
		print "\tpush %rdi\n\tpush %rsi\n\tpush %rdx\n\tpush %rcx"
		print "\tpush %r8\n\tpush %r9\n\tpush %rax"
		printf "\tlea .Lname_%s(%%rip), %%rdi\n", symbol
		print "\tcall hostile_fault_due@PLT\n\tmov %eax, %r11d"
		print "\tpop %rax\n\tpop %r9\n\tpop %r8\n\tpop %rcx"
		print "\tpop %rdx\n\tpop %rsi\n\tpop %rdi"
		printf "\ttest %%r11d, %%r11d\n\tjne 1f\n"
		printf "\tjmp __real_%s@PLT\n", symbol
		printf "1:\tmov $%d, %%rax\n\tret\n", fails
		printf ".Lname_%s:\n\t.asciz \"%s\"\n", symbol, symbol
	}
	print "\t.section .note.GNU-stack,\"\",@progbits"
}
