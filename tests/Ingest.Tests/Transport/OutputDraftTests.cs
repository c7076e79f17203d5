using System.Buffers;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Transport;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Tests.Transport;

/// <summary>Memory that stands for a part of a file: nobody gets wrong bytes out of it, or puts any in.</summary>
public sealed class OutputDraftTests : IDisposable
{
    private const int Length = 10_000;

    private readonly TestFolder _folder = new();
    private readonly SafeFileHandle _file;
    private readonly OutputDraft _draft = new(MemoryPool<byte>.Shared);

    public OutputDraftTests()
    {
        string path = Path.Combine(_folder.Path, "content");
        File.WriteAllBytes(path, new byte[Length]);
        _file = File.OpenHandle(path);
    }

    public void Dispose()
    {
        _draft.Drop();
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Stand_in_can_be_neither_read_nor_written_nor_pinned()
    {
        _draft.Offer(_file, 0, Length);
        Memory<byte> standIn = _draft.GetMemory(Length);
        Assert.True(_draft.IsOffered(standIn));
        Assert.Equal(Length, standIn.Length);
        Assert.Throws<InvalidOperationException>(() => standIn.Span[0] = 1);
        Assert.Throws<InvalidOperationException>(() => standIn.ToArray());
        Assert.Throws<InvalidOperationException>(() => standIn.Pin());
        Assert.Equal(0, _draft.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    public void Stretch_is_written_as_a_whole_or_not_at_all(int bytes)
    {
        _draft.Offer(_file, 0, Length);
        Assert.True(_draft.IsOffered(_draft.GetMemory(Length)));
        Assert.Throws<InvalidOperationException>(() => _draft.Advance(bytes));
        Assert.Equal(0, _draft.Bytes);
        Assert.False(_draft.TryTake(out _));
    }

    [Fact]
    public void Whoever_asks_for_another_length_gets_real_memory_and_the_offer_is_void()
    {
        _draft.Offer(_file, 0, Length);
        Memory<byte> real = _draft.GetMemory(Length - 1);
        Assert.False(_draft.IsOffered(real));
        real.Span[0] = 42;
        _draft.Advance(1);
        Assert.True(_draft.TryTake(out OutputSegment? written));
        Assert.Null(written.File);
        Assert.Equal([42], written.Unsent.ToArray());
        written.Release();
    }

    [Fact]
    public void Stretch_keeps_its_place_between_bytes_in_memory()
    {
        _draft.GetMemory(3).Span[0] = 1;
        _draft.Advance(3);
        _draft.Offer(_file, 17, 100);
        Assert.True(_draft.IsOffered(_draft.GetMemory(100)));
        _draft.Advance(100);
        _draft.GetMemory(5).Span[0] = 2;
        _draft.Advance(5);
        Assert.Equal(108, _draft.Bytes);
        Assert.True(_draft.TryTake(out OutputSegment? head));
        OutputSegment file = head.Next!;
        OutputSegment tail = file.Next!;
        Assert.Equal((3, 100, 5), (head.Length, file.Length, tail.Length));
        Assert.Equal((1, 2), (head.Unsent.Span[0], tail.Unsent.Span[0]));
        Assert.Same(_file, file.File);
        Assert.Equal(17, file.FileOffset);
        Assert.Null(tail.Next);
        head.Release();
        file.Release();
        tail.Release();
    }
}
