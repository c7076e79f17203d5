using System.Runtime.InteropServices;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Pieces;

namespace Distribution.Ingest.Tests.Contents;

/// <summary>What goes past the page cache is what was given, and what cannot go that way is left to the caller.</summary>
public sealed class DirectFileTests : IDisposable
{
    private readonly string _path = Path.Combine(AppContext.BaseDirectory, $"direct-{Guid.NewGuid():N}");
    private readonly Memory<byte> _block = BlockMemory.Rent();

    public DirectFileTests()
    {
        File.WriteAllBytes(_path, []);
        Random.Shared.NextBytes(_block.Span);
    }

    public void Dispose()
    {
        BlockMemory.Return(_block);
        File.Delete(_path);
    }

    [Fact]
    public void Blocks_begin_where_a_page_does()
    {
        Memory<byte>[] rented = [.. Enumerable.Range(0, 40).Select(_ => BlockMemory.Rent())];
        foreach (Memory<byte> memory in rented)
        {
            Assert.Equal(ContentBlock.MaxBytes, memory.Length);
            Assert.True(MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> array));
            nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array.Array!, array.Offset);
            Assert.Equal(0, address % BlockMemory.AlignmentBytes);
        }
        foreach (Memory<byte> memory in rented)
            BlockMemory.Return(memory);
    }

    [Theory]
    [InlineData(0, 0, 4096, 4096)]
    [InlineData(0, 0, ContentBlock.MaxBytes, ContentBlock.MaxBytes)]
    [InlineData(8192, 0, 10_000, 8192)]
    [InlineData(0, 0, 4095, 0)]
    [InlineData(4097, 0, 8192, 0)]
    [InlineData(4096, 1, 8192, 0)]
    public void As_much_as_is_aligned_is_written(long offset, int memoryOffset, int length, int expected)
    {
        using DirectFile? file = DirectFile.TryOpen(_path);
        if (file is null)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has files past the page cache here.");
            Assert.Skip($"The file system of {_path} has no writes past the page cache.");
        }
        ReadOnlySpan<byte> data = _block.Span.Slice(memoryOffset, length);

        int written = file.Write(data, offset);

        Assert.Equal(expected, written);
        Assert.Equal(written == 0 ? 0 : offset + written, new FileInfo(_path).Length);
        byte[] read = File.ReadAllBytes(_path);
        Assert.True(written == 0 || read.AsSpan((int)offset).SequenceEqual(data[..written]));
    }

    [Theory]
    [InlineData(4096, 8192, 4096, true)]
    [InlineData(0, 4096, 4096, true)]
    [InlineData(0, 4096, 100, false)]
    [InlineData(0, 100, 4096, false)]
    [InlineData(100, 4096, 4096, false)]
    public void Stretches_go_in_one_call_or_not_at_all(long offset, int first, int second, bool expected)
    {
        using DirectFile? file = DirectFile.TryOpen(_path);
        if (file is null)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has files past the page cache here.");
            Assert.Skip($"The file system of {_path} has no writes past the page cache.");
        }
        ReadOnlyMemory<byte>[] data = [_block[..first], _block.Slice(16384, second)];

        Assert.Equal(expected, file.TryWrite(data, offset));

        byte[] read = File.ReadAllBytes(_path);
        byte[] written = [.. new byte[offset], .. data[0].Span, .. data[1].Span];
        Assert.Equal(expected ? written : [], read);
    }

    [Fact]
    public void A_file_that_is_not_there_is_no_direct_file() =>
        Assert.Throws<FileNotFoundException>(() => DirectFile.TryOpen(_path + ".missing"));
}
