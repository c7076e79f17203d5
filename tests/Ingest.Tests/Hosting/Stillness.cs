namespace Distribution.Ingest.Tests.Hosting;

internal static class Stillness
{
    /// <summary>Looks until a figure has been the same for a second: nothing tells when a peer has stopped sending.</summary>
    public static async Task WaitAsync(Func<long> look)
    {
        long last = -1;
        for (int same = 0; same < 10; )
        {
            long now = look();
            same = now == last ? same + 1 : 0;
            last = now;
            await Task.Delay(100);
        }
    }
}
