using Distribution.EdgeSeeder.Cache;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>All pieces of a content, at hand.</summary>
internal sealed class MemoryPieces : IPieceSource, IDisposable
{
    private readonly MemoryPiece[] _pieces;

    public MemoryPieces(byte[] content, int pieceLengthBytes) =>
        _pieces = [.. content.Chunk(pieceLengthBytes).Select(static (bytes, piece) => Copy(piece, bytes))];

    public bool TryTake(int piece, out VerifiedPiece? taken)
    {
        taken = piece < _pieces.Length && _pieces[piece].TryRetain() ? _pieces[piece] : null;
        return taken is not null;
    }

    public ValueTask<VerifiedPiece?> TakeAsync(int piece, CancellationToken cancellation) =>
        ValueTask.FromResult(TryTake(piece, out VerifiedPiece? taken) ? taken : null);

    public void Prefetch(int piece) { }

    public void Discard(VerifiedPiece unreadable) { }

    public void Dispose()
    {
        foreach (MemoryPiece piece in _pieces)
            piece.Release();
    }

    private static MemoryPiece Copy(int piece, byte[] bytes)
    {
        MemoryPiece copy = MemoryPiece.Allocate(piece, bytes.Length);
        bytes.CopyTo(copy.GetSpan());
        return copy;
    }
}
