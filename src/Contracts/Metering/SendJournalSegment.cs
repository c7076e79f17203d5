using System.IO.MemoryMappedFiles;

namespace Distribution.Contracts.Metering;

/// <summary>
/// A stretch of the journal's file, mapped into memory. It is never unmapped by hand, as some thread may be adding to it: the
/// garbage collector unmaps it once neither the journal nor any counter holds it.
/// </summary>
internal sealed unsafe class SendJournalSegment
{
    private readonly MemoryMappedViewAccessor _view;

    private SendJournalSegment(MemoryMappedViewAccessor view, byte* start)
    {
        _view = view;
        Start = start;
    }

    public byte* Start { get; }

    /// <exception cref="IOException">The system would not map it.</exception>
    public static SendJournalSegment Map(FileStream stream, long offset, int lengthBytes)
    {
        using var map = MemoryMappedFile.CreateFromFile(
            stream,
            mapName: null,
            capacity: 0,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: true
        );
        MemoryMappedViewAccessor view = map.CreateViewAccessor(offset, lengthBytes);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        // A pointer that stays acquired would keep the collector from ever unmapping.
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        return new SendJournalSegment(view, pointer + view.PointerOffset);
    }

    /// <summary>Returns once its bytes have reached the disk.</summary>
    /// <exception cref="IOException">The disk would not take them.</exception>
    public void Flush() => _view.Flush();
}
