using Distribution.Ingest.Transport;

namespace Distribution.Ingest.Tests.Transport;

public sealed class AcceptedBytesTests
{
    [Fact]
    public void Stretches_get_their_own_bytes_however_the_sends_fall()
    {
        var bytes = new AcceptedBytes();
        var first = new Observer();
        var second = new Observer();
        bytes.Observe(10, 20, first);
        bytes.Accept(5);
        Assert.Equal(0, first.Total);
        bytes.Accept(6);
        Assert.Equal(1, first.Total);
        bytes.Observe(40, 10, second);
        bytes.Accept(34);
        Assert.Equal((20, 5), (first.Total, second.Total));
        bytes.Accept(1000);
        Assert.Equal((20, 10), (first.Total, second.Total));
        Assert.Equal(1045, bytes.Accepted);
    }

    [Fact]
    public void Stretch_that_is_told_of_late_hears_what_was_before()
    {
        var bytes = new AcceptedBytes();
        bytes.Accept(100);
        var observer = new Observer();
        bytes.Observe(90, 20, observer);
        Assert.Equal(10, observer.Total);
        bytes.Accept(50);
        Assert.Equal(20, observer.Total);
    }

    [Fact]
    public async Task Nothing_is_waited_for_after_the_end()
    {
        var bytes = new AcceptedBytes();
        var observer = new Observer();
        Assert.True(bytes.WhenSettledAsync().IsCompleted);
        bytes.Observe(0, 20, observer);
        Task settled = bytes.WhenSettledAsync();
        bytes.Accept(19);
        Assert.False(settled.IsCompleted);
        bytes.Close();
        await settled;
        bytes.Accept(1);
        Assert.Equal(19, observer.Total);
    }

    private sealed class Observer : IAcceptedBytesObserver
    {
        public long Total { get; private set; }

        public void Accepted(long bytes) => Total += bytes;
    }
}
