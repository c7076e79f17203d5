using System.IO.MemoryMappedFiles;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>A piece in the page cache of its file. Deleting the file leaves the mapping as it is.</summary>
internal sealed unsafe class MappedPiece : VerifiedPiece
{
    private readonly MemoryMappedViewAccessor _view;

    private MappedPiece(int piece, MemoryMappedViewAccessor view, byte* address, int lengthBytes)
        : base(piece, address, lengthBytes) => _view = view;

    public override bool InMemoryOnly => false;

    /// <exception cref="IOException">The file is not there or too short.</exception>
    public static MappedPiece Open(int piece, string path, int lengthBytes)
    {
        using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            0
        );
        if (stream.Length < lengthBytes)
            throw new IOException($"{path} has {stream.Length} bytes and should have {lengthBytes}.");
        using var map = MemoryMappedFile.CreateFromFile(
            stream,
            mapName: null,
            capacity: 0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: true
        );
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, lengthBytes, MemoryMappedFileAccess.Read);
        byte* address = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        return new MappedPiece(piece, view, address + view.PointerOffset, lengthBytes);
    }

    protected override void Free()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
