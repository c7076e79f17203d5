namespace Distribution.BitTorrent.Wire;

/// <summary>Bounds on what a peer may send, so that a frame's length is refused before its body is waited for.</summary>
public readonly record struct FrameLimits
{
    /// <summary>Without metadata a bitfield may have this many bytes (one million pieces).</summary>
    public const int MaxBlindBitfieldBytes = 128 * 1024;

    public FrameLimits() { }

    /// <summary>The torrent's pieces; null while the metadata is not known.</summary>
    public int? PieceCount { get; init; }

    /// <summary>The payload of one piece message; 16 KiB by convention. 0 for a seed, which never asks for one.</summary>
    public int MaxBlockBytes { get; init; } = BlockRequest.StandardBytes;

    /// <summary>An extension message or one of unknown type, with its id.</summary>
    public int MaxExtendedBytes { get; init; } = 128 * 1024;
}
