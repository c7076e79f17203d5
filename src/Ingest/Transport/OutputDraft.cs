using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport;

/// <summary>What was written and not flushed yet: a list of segments. One caller at a time.</summary>
internal sealed class OutputDraft(MemoryPool<byte> pool)
{
    // The pool's blocks are 4 KiB; what is larger comes from the shared arrays.
    private readonly int _blockBytes = pool.MaxBufferSize > 0 ? Math.Min(pool.MaxBufferSize, 4096) : 4096;

    private OutputSegment? _first;
    private OutputSegment? _last;
    private FileStretch? _offered;
    private bool _isOfferTaken;

    public long Bytes { get; private set; }

    /// <summary>
    /// Lets the next <see cref="GetMemory"/> of exactly this length give memory that stands for a stretch of a file, which an
    /// <see cref="Advance"/> of exactly this length then puts into the output. Nobody can read or write that memory.
    /// </summary>
    public void Offer(SafeFileHandle file, long offset, int length) =>
        (_offered, _isOfferTaken) = (new FileStretch(file, offset, length), false);

    /// <summary>True if <paramref name="memory"/> is what was offered; otherwise the offer is void.</summary>
    public bool IsOffered(ReadOnlyMemory<byte> memory)
    {
        if (_isOfferTaken && memory.Length == _offered!.Length && StandIn.IsBehind(memory))
            return true;
        _offered = null;
        _isOfferTaken = false;
        return false;
    }

    public Memory<byte> GetMemory(int sizeHint)
    {
        if (_offered is not null && !_isOfferTaken && sizeHint == _offered.Length)
        {
            _isOfferTaken = true;
            return StandIn.OfLength(sizeHint);
        }
        (_offered, _isOfferTaken) = (null, false);
        int room = _last is { File: null } last ? last.Block.Length - (int)last.Length : 0;
        if (room < Math.Max(1, sizeHint))
            Append(
                sizeHint <= _blockBytes
                    ? new OutputSegment(pool.Rent(_blockBytes), null)
                    : new OutputSegment(null, ArrayPool<byte>.Shared.Rent(sizeHint))
            );
        return _last!.Block[(int)_last.Length..];
    }

    /// <exception cref="InvalidOperationException">More than the memory that was given, or another length than a file's stretch.</exception>
    public void Advance(int bytes)
    {
        if (_isOfferTaken)
        {
            FileStretch stretch = _offered!;
            (_offered, _isOfferTaken) = (null, false);
            if (bytes != stretch.Length)
                throw new InvalidOperationException("A file's stretch is written as a whole.");
            Append(new OutputSegment(stretch.File, stretch.Offset, bytes));
        }
        else
        {
            if (bytes == 0)
                return;
            if (_last is not { File: null } last || bytes < 0 || bytes > last.Block.Length - last.Length)
                throw new InvalidOperationException("More bytes were written than there was memory for.");
            last.Grow(bytes);
        }
        Bytes += bytes;
    }

    /// <summary>Hands the segments over, and begins anew. False: nothing was written.</summary>
    public bool TryTake([NotNullWhen(true)] out OutputSegment? first)
    {
        first = null;
        if (Bytes == 0)
            return false;
        first = _first!;
        (_first, _last, Bytes) = (null, null, 0);
        return true;
    }

    /// <summary>Gives back memory that was asked for and not used.</summary>
    public void Drop()
    {
        for (OutputSegment? segment = _first; segment is not null; segment = segment.Next)
            segment.Release();
        (_first, _last, Bytes) = (null, null, 0);
    }

    private void Append(OutputSegment segment)
    {
        if (_last is null)
            _first = segment;
        else
            _last.Next = segment;
        _last = segment;
    }

    private sealed record FileStretch(SafeFileHandle File, long Offset, int Length);

    /// <summary>Memory in name only: it has a length, and whoever looks into it is told that it is none.</summary>
    private sealed class StandIn : MemoryManager<byte>
    {
        private static readonly StandIn Instance = new();

        public static Memory<byte> OfLength(int length) => Instance.CreateMemory(length);

        public static bool IsBehind(ReadOnlyMemory<byte> memory) =>
            System.Runtime.InteropServices.MemoryMarshal.TryGetMemoryManager(memory, out StandIn? _);

        public override Span<byte> GetSpan() => throw Misused();

        public override MemoryHandle Pin(int elementIndex = 0) => throw Misused();

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }

        private static InvalidOperationException Misused() =>
            new("This memory stands for a part of a file; it cannot be read or written.");
    }
}
