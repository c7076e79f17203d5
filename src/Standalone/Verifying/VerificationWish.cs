using Distribution.Contracts.Costs;
using Distribution.Silos.Ledgers.Chain;

namespace Distribution.Standalone.Verifying;

/// <summary>What <c>verify</c> is asked.</summary>
/// <param name="File">A path; "-": standard input.</param>
/// <param name="Earlier">A path of an earlier export; null: none.</param>
/// <param name="Key">The fingerprint to be found; null: any.</param>
/// <param name="Report">To be filled; null: none is wanted.</param>
/// <param name="Contract">To reckon with in the place of what the export tells; null: what that tells.</param>
internal sealed record VerificationWish(
    string File,
    string? Earlier,
    string? Key,
    ChainReport? Report,
    ContractDocument? Contract
);
