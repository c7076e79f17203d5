namespace Distribution.Dashboard.Api;

/// <summary>What the ledger's signatures are checked with. Note the fingerprint where nobody who may change the server can change it.</summary>
/// <param name="PublicKey">SubjectPublicKeyInfo as PEM.</param>
/// <param name="Fingerprint">"sha256:" and the hexadecimal SHA-256 of its DER form.</param>
public sealed record LedgerKeyResource(string Algorithm, string PublicKey, string Fingerprint);
