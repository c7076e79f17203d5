using Distribution.BitTorrent;

namespace Distribution.Contracts.Files;

/// <summary>What the slicer found while the bytes came in.</summary>
/// <param name="InfoHash">v1 (BEP 3), of a hybrid too.</param>
/// <param name="PieceLengthBytes">Every piece but the last.</param>
/// <param name="PieceCount">0 for an empty file.</param>
/// <param name="Sha256">Of the whole file, 64 hexadecimal digits; of a folder: of its files' bytes one after another.</param>
/// <param name="InfoHashV2">Of a hybrid (BEP 52); null for v1.</param>
[GenerateSerializer, Immutable]
public sealed record FileContent(
    InfoHash InfoHash,
    int PieceLengthBytes,
    int PieceCount,
    string Sha256,
    InfoHashV2? InfoHashV2 = null
);
