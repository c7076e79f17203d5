using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What a peer has shown to hold, and how many bytes that is; padding is nothing that it got. Not thread-safe.</summary>
internal sealed class ShownPieces(FileMap files, int pieceCount)
{
    // Null: all or nothing.
    private Bitfield? _some;
    private bool _all;

    public long Bytes { get; private set; }

    public bool IsFull => _all || _some?.IsFull == true || pieceCount == 0;

    /// <summary>True where the piece is new.</summary>
    public bool Add(int piece)
    {
        if (_all)
            return false;
        _some ??= new Bitfield(pieceCount);
        if (!_some.Set(piece))
            return false;
        Bytes += files.ContentBytesOf(piece);
        return true;
    }

    public void Add(Bitfield shown)
    {
        if (shown.IsFull)
        {
            AddAll();
            return;
        }
        for (int piece = 0; piece < shown.Length; piece++)
        {
            if (shown[piece])
                Add(piece);
        }
    }

    public void AddAll() => (_all, _some, Bytes) = (true, null, files.ContentBytes);

    /// <summary>True where the peer had it.</summary>
    public bool Remove(int piece)
    {
        if (_all)
        {
            _some = new Bitfield(pieceCount);
            _some.SetAll();
            _all = false;
        }
        if (_some?.Clear(piece) != true)
            return false;
        Bytes -= files.ContentBytesOf(piece);
        return true;
    }
}
