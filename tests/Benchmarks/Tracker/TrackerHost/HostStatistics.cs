using System.Text.Json;

namespace Distribution.TrackerHost;

/// <summary>What the process holds and allocated, after a full collection.</summary>
internal static class HostStatistics
{
    public static string ToJson()
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        long live = GC.GetTotalMemory(forceFullCollection: true);
        return JsonSerializer.Serialize(
            new
            {
                allocatedBytes = allocated,
                liveBytes = live,
                collections = GC.CollectionCount(0),
                fullCollections = GC.CollectionCount(GC.MaxGeneration),
            }
        );
    }
}
