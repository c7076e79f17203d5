namespace Distribution.Contracts.Ledgers;

/// <summary>The public half of the key that signs the ledger's checkpoints.</summary>
/// <param name="PublicKeyPem">SubjectPublicKeyInfo, P-256, as PEM.</param>
/// <param name="Fingerprint">"sha256:" and the hexadecimal SHA-256 of its DER form.</param>
[GenerateSerializer, Immutable]
public sealed record LedgerKey(string PublicKeyPem, string Fingerprint);
