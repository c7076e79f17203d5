namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>An entry that the instance signed: it vouches for all before it. Whatever is appended together ends with one.</summary>
/// <param name="Through">
/// Hours before this one are closed (Unix time, a full hour): what an entry after this line adds to one of them is late.
/// </param>
/// <param name="Signature">ECDSA P-256 with SHA-256 of the line up to it, r and s of 32 bytes each, 128 hexadecimal digits.</param>
public sealed record ChainCheckpoint(
    long Sequence,
    long At,
    long Through,
    ChainHash Previous = default,
    ChainHash Hash = default,
    string Signature = ""
) : ChainEntry(Sequence, At, Previous, Hash);
