namespace Distribution.Contracts.Reports;

/// <summary>Money in the report's currency; negative where peers cost more than they saved.</summary>
public readonly record struct MoneyRange(decimal Low, decimal High);
