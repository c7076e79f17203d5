using System.IO.MemoryMappedFiles;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>A piece in the page cache of its file. Deleting the file leaves the mapping as it is.</summary>
internal sealed unsafe class MappedPiece : VerifiedPiece
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly string _path;
    private readonly DateTime _verifiedWrite;

    private MappedPiece(
        int piece,
        MemoryMappedViewAccessor view,
        byte* address,
        int lengthBytes,
        string path,
        DateTime verifiedWrite
    )
        : base(piece, address, lengthBytes)
    {
        _view = view;
        _path = path;
        _verifiedWrite = verifiedWrite;
    }

    public override bool InMemoryOnly => false;

    /// <summary>What is written into the file shows in the mapping at once, and in the file's time.</summary>
    internal override bool IsAsVerified => File.GetLastWriteTimeUtc(_path) == _verifiedWrite;

    /// <param name="path">Where the file is now.</param>
    /// <param name="finalPath">Where it will be found later.</param>
    /// <param name="verifiedWrite">The file's last write before its bytes were verified; null: nobody else can have written it yet.</param>
    /// <exception cref="IOException">The file is not there or too short.</exception>
    public static MappedPiece Open(
        int piece,
        string path,
        int lengthBytes,
        string finalPath,
        DateTime? verifiedWrite = null
    )
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
        return new MappedPiece(
            piece,
            view,
            address + view.PointerOffset,
            lengthBytes,
            finalPath,
            verifiedWrite ?? File.GetLastWriteTimeUtc(path)
        );
    }

    protected override void Free()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
