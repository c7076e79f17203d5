namespace Distribution.Dashboard.Conditions;

/// <summary>Metadata of endpoints whose answers have entity tags.</summary>
internal sealed class ConditionalMetadata;
