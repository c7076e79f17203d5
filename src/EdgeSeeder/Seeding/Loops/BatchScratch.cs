using System.Runtime.InteropServices;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding.Links;

namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>
/// What one send is put together in: headers, places, and the pieces that these point into. A loop has one, and its connections none, since
/// nothing of it outlives the call.
/// </summary>
internal sealed unsafe class BatchScratch : IDisposable
{
    /// <summary>64 blocks of 16 KiB are one MiB a system call.</summary>
    public const int MaxBlocks = 64;

    private readonly SendPlace* _places = (SendPlace*)NativeMemory.Alloc(2 * MaxBlocks, (nuint)sizeof(SendPlace));
    private readonly byte* _headers = (byte*)NativeMemory.Alloc(MaxBlocks * WireWriter.PieceHeaderBytes);
    private readonly VerifiedPiece[] _held = new VerifiedPiece[MaxBlocks];
    private int _placeCount;
    private int _heldCount;

    public ReadOnlySpan<SendPlace> Places => new(_places, _placeCount);

    /// <summary>Bytes in all places.</summary>
    public long OfferedBytes { get; private set; }

    /// <summary>The send as the journal knows it; null: its bytes are counted once the call has returned.</summary>
    public SendUnderWay? UnderWay { get; init; }

    public void Begin()
    {
        (_placeCount, _heldCount, OfferedBytes) = (0, 0, 0);
        UnderWay?.Clear();
    }

    /// <summary>Adds a block with its header, but for its first bytes, which the peer has.</summary>
    public void Add(int index, BlockRequest request, VerifiedPiece piece, int skipBytes)
    {
        byte* header = _headers + index * WireWriter.PieceHeaderBytes;
        WireWriter.WritePieceHeader(new Span<byte>(header, WireWriter.PieceHeaderBytes), request);
        int headerSkip = Math.Min(skipBytes, WireWriter.PieceHeaderBytes);
        int blockSkip = skipBytes - headerSkip;
        if (headerSkip < WireWriter.PieceHeaderBytes)
            _places[_placeCount++] = new SendPlace(header + headerSkip, WireWriter.PieceHeaderBytes - headerSkip);
        _places[_placeCount++] = new SendPlace(
            piece.Address + request.OffsetBytes + blockSkip,
            request.LengthBytes - blockSkip
        );
        UnderWay?.Add(WireWriter.PieceHeaderBytes - headerSkip, request.LengthBytes - blockSkip);
        OfferedBytes += WireWriter.PieceHeaderBytes + request.LengthBytes - skipBytes;
    }

    /// <summary>Keeps a piece, that is retained for this, until <see cref="Release"/>.</summary>
    public void Hold(VerifiedPiece piece) => _held[_heldCount++] = piece;

    /// <summary>Lets all pieces go but one, if it is there; that one is the caller's.</summary>
    public VerifiedPiece? Release(int keptPiece)
    {
        VerifiedPiece? kept = null;
        for (int i = 0; i < _heldCount; i++)
        {
            if (kept is null && _held[i].Piece == keptPiece)
                kept = _held[i];
            else
                _held[i].Release();
            _held[i] = null!;
        }
        _heldCount = 0;
        return kept;
    }

    public void Dispose()
    {
        NativeMemory.Free(_places);
        NativeMemory.Free(_headers);
    }
}
